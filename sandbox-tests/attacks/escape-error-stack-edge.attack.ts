// At the stack's edge the engine itself makes an error; an error of the host's realm would have the host's constructor.
import { type Attack, PROBE, script, ts } from './attack.ts'

export const attack = {
  title: 'the error of a full stack is the sandbox’s own',
  threat: 'escape-error',
  source: script(
    ts`() => {
  let caught: any
  const dive = (): any => dive()
  try { dive() } catch (error) { caught = error }
  return [caught instanceof RangeError, caught instanceof Error, caught.constructor === RangeError, escaped(caught) || 'safe', /\/|node:|wasm|file:/.test(caught.stack)].join()
}`,
    { top: PROBE },
  ),
  skip: { inline: 'a deep stack of the host’s own thread is the host’s' },
  expect: { status: 'ok', value: 'true,true,true,safe,false' },
} satisfies Attack
