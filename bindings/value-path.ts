// How names and places that a script had a hand in are shown: `argument 1.to`, `reply.items[3]`; always of a bounded length.
import { clip } from './schema.ts'

const STEP = /^[A-Za-z_$][\w$]{0,63}$/
const PATH_CHARACTERS = 200
const NAME_CHARACTERS = 64

/** A name as a script wrote it, which need not even be text. */
export function showName(name: unknown): string {
  return typeof name === 'string' ? clip(name, NAME_CHARACTERS) : `(${typeof name})`
}

/** The place below `root`; keys that are not identifiers are quoted. Bounded, because keys may come from a script. */
export function formatPath(root: string, steps: readonly (string | number)[]): string {
  return clip(root + steps.map(formatStep).join(''), PATH_CHARACTERS)
}

/** The place inside the arguments of a call, whose first step is the argument's index: counted from 1, as people do. */
export function formatArgumentPath(steps: readonly (string | number)[]): string {
  const [index, ...rest] = steps
  return typeof index === 'number' ? formatPath(`argument ${index + 1}`, rest) : 'the list of arguments'
}

function formatStep(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`
  return STEP.test(step) ? `.${step}` : `[${JSON.stringify(clip(step, 64))}]`
}
