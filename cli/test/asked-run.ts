// What a test asks for, read with care: the script, the event, the payload, the fakes. What there is not is refused, with what there is instead.
import { posix } from 'node:path'
import type { Binding } from '../../bindings/binding.ts'
import { check } from '../../engine/dispatch/schema.ts'
import { didYouMean } from '../../engine/errors/did-you-mean.ts'
import type { EventDefinitions } from '../../engine/events.ts'
import type { ScriptRecord } from '../../engine/registry/script-record.ts'
import type { RunOrder } from '../../engine/testing/protocol.ts'
import type { OpenParts } from '../open-parts.ts'

/** A mistake of the test: what it asked for cannot be done. */
export class Refusal extends Error {}

/** What a Date can be, in milliseconds before and after 1970. */
const LATEST_MS = 8.64e15

/** A script by its path from the test's file, or by its id. */
export function findScript(registry: Pick<OpenParts['registry'], 'get' | 'list'>, named: string, file: string): ScriptRecord {
  const isRelative = /^\.\.?(?:\/|$)/.test(named)
  const path = isRelative ? posix.join(posix.dirname(file), named) : posix.normalize(named)
  const found = registry.get(path.replace(/\.(?:ts|js)$/, '').replace(/\/(?:index)?$/, ''))
  if (found !== undefined) return found
  const known = registry.list().map(({ id }) => (isRelative ? `./${posix.relative(posix.dirname(file), id)}` : id))
  throw new Refusal(`There is no script "${named}" beside ${file}.${didYouMean(named, known)} There are ${known.join(', ') || 'none'}.`)
}

/** An event, or a schedule as the script writes it; and what its handler is given. */
export async function readEvent(
  record: ScriptRecord,
  { event: named, payload: given, now }: Pick<RunOrder, 'event' | 'payload' | 'now'>,
  events: EventDefinitions | undefined,
): Promise<{ readonly event: string; readonly payload: unknown }> {
  const payload = given === undefined ? {} : given
  if (record.status === 'failed') return { event: named, payload } // the outcome says why
  const { every, handlers } = record.manifest
  const schedule = every.find(({ schedule, event }) => named === schedule || named === event)
  if (schedule !== undefined) return { event: schedule.event, payload: given ?? { scheduled: now, at: now, missed: 0 } }
  const handled = [...handlers, ...every].map(({ event }) => event)
  if (handled.includes('*') || handled.includes(named)) return { event: named, payload: await readPayload(events, named, payload) }
  const list = handled.join(', ') || 'nothing'
  throw new Refusal(`"${record.entry.id}" does not handle "${named}".${didYouMean(named, handled)} It handles ${list}.`)
}

/** Names of fakes, each of a host function that there is. */
export function readFakes(names: readonly string[], bindings: readonly Binding[]): ReadonlySet<string> {
  for (const name of names) checkFake(String(name), bindings)
  return new Set(names)
}

/** A moment that a clock can show. */
export function readMoment(now: unknown): number {
  if (typeof now === 'number' && Math.abs(now) <= LATEST_MS) return now
  throw new Refusal('The clock of a run must show milliseconds since 1970.')
}

function checkFake(name: string, bindings: readonly Binding[]): void {
  const [binding = '', method = ''] = name.split('.')
  const found = bindings.find(({ surface }) => surface.name === binding)
  if (found?.surface.methods.includes(method)) return
  const [what, wanted, names] =
    found === undefined
      ? [`There is no binding "${binding}"`, binding, bindings.map(({ surface }) => surface.name)]
      : [`ctx.${binding} has no "${method}"`, method, found.surface.methods]
  throw new Refusal(`${what}, so it cannot be faked.${didYouMean(wanted, names)} There are ${names.join(', ')}.`)
}

/** As the application would take it: by the event's schema. */
async function readPayload(events: EventDefinitions | undefined, event: string, payload: unknown): Promise<unknown> {
  if (events === undefined) return payload
  const definition = Object.hasOwn(events, event) ? events[event] : undefined
  if (definition === undefined) throw new Refusal(`The application has no event "${event}".${didYouMean(event, Object.keys(events))}`)
  const checked = await check(definition.payload, payload, 'payload')
  if (checked.ok) return checked.value
  throw new Refusal(`The payload does not fit "${event}": ${checked.path}: ${checked.message}`)
}
