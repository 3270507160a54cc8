// The application as a new script must fit it: its events, one of which the script handles, and its bindings, which the script can be granted.
import { didYouMean } from '../engine/errors/did-you-mean.ts'
import type { EventDefinitions } from '../engine/events.ts'
import type { BindingSurface } from '../engine/model/host-call.ts'
import { closeBindings } from './close-bindings.ts'
import { type HostPlaces, loadHost } from './host-module.ts'
import { makeExample } from './new-example.ts'
import type { Option } from './questions.ts'
import type { NewEvent, TemplateInfo } from './script-templates.ts'
import { UsageError } from './usage-error.ts'

/** What is known of the application once its bindings are closed again. */
export interface HostOutline {
  /** The host module's path as people know it; undefined where there is none. */
  readonly file: string | undefined
  /** Undefined where any event goes. */
  readonly events: EventDefinitions | undefined
  readonly surfaces: readonly BindingSurface[]
}

/** The question which event a new script is to handle. */
export const WHICH_EVENT = 'Which event of the application is it to handle?'

/** What a fixture can be called by, and so what a new script can handle. */
const EVENT_NAME = /^(?!\.)[\w.\-: ]+$/

/** Looks at the application. Throws a `UsageError` for a host module that cannot be loaded. */
export async function lookAtHost(places: HostPlaces): Promise<HostOutline> {
  const { file, events, bindings } = await loadHost(places)
  await closeBindings(bindings)
  return { file, events, surfaces: bindings.map(({ surface }) => surface) }
}

/**
 * The event that a script of a template handles: the one that was said, else the template's own where the application has it, else one of the application of the
 * template's kind, which `choose` picks from. Throws a `UsageError` where there is none, or it cannot be.
 */
export async function findEvent(
  template: TemplateInfo,
  { file, events, surfaces }: HostOutline,
  { said, choose }: { readonly said?: string | undefined; readonly choose?: ((events: readonly Option[]) => Promise<string>) | undefined },
): Promise<NewEvent> {
  expectBindings(template, surfaces)
  const wanted = said ?? template.event
  if (said !== undefined) expectName(said)
  if (events === undefined) return { name: wanted }
  const candidates = eventsOfKind(events, template.kind)
  if (said !== undefined) expectEvent(said, template, events)
  const [first] = candidates
  if (first === undefined) throw noneOfKind(template, events, file)
  const isThere = candidates.some(({ name }) => name === wanted)
  const name = isThere ? wanted : candidates.length === 1 || choose === undefined ? first.name : await choose(candidates)
  const definition = events[name]
  return { name, ...(definition && { definition, example: await makeExample(definition) }) }
}

/** Kinds as people call them. The templates for them are called by their names. */
const A_KIND = { event: 'an event', filter: 'a filter', decision: 'a decision' } as const

function eventsOfKind(events: EventDefinitions, kind: TemplateInfo['kind']): Option[] {
  return Object.entries(events)
    .filter(([name, definition]) => kindOf(definition) === kind && EVENT_NAME.test(name))
    .map(([name, { description = '' }]) => ({ name, description }))
}

function expectName(event: string): void {
  if (EVENT_NAME.test(event)) return
  throw new UsageError(`${JSON.stringify(event)} cannot be an event of a new script.`, {
    hint: 'Letters, digits, ".", "-", "_" and ":" make a name: "order.created".',
  })
}

function expectEvent(said: string, template: TemplateInfo, events: EventDefinitions): void {
  const definition = Object.hasOwn(events, said) ? events[said] : undefined
  if (definition === undefined)
    throw new UsageError(`The application has no event ${JSON.stringify(said)}.`, {
      hint: `${didYouMean(said, Object.keys(events))} There are ${listOf(events)}.`.trim(),
    })
  const kind = kindOf(definition)
  if (kind === template.kind) return
  throw new UsageError(
    `${JSON.stringify(said)} is ${A_KIND[kind]}, and the template ${JSON.stringify(template.name)} is for ${A_KIND[template.kind]}.`,
    { hint: `The template ${JSON.stringify(kind)} is for ${A_KIND[kind]}.` },
  )
}

function noneOfKind({ name, kind }: TemplateInfo, events: EventDefinitions, file: string | undefined): UsageError {
  return new UsageError(`The application has no event for the template ${JSON.stringify(name)}, which is for ${A_KIND[kind]}.`, {
    hint: `${file ?? 'It'} has ${listOf(events)}. The templates "event", "filter" and "decision" are for what they are called by.`,
  })
}

function expectBindings({ name, allow }: TemplateInfo, surfaces: readonly BindingSurface[]): void {
  const missing = Object.keys(allow).find((binding) => !surfaces.some((surface) => surface.name === binding))
  if (missing === undefined) return
  throw new UsageError(`The template ${JSON.stringify(name)} needs ctx.${missing}, which the application does not have.`, {
    hint: 'The templates "event", "filter" and "decision" need nothing.',
  })
}

function kindOf({ kind = 'event' }: EventDefinitions[string]): TemplateInfo['kind'] {
  return kind
}

function listOf(events: EventDefinitions): string {
  const names = Object.entries(events).map(([name, definition]) =>
    kindOf(definition) === 'event' ? name : `${name} (${kindOf(definition)})`,
  )
  return names.join(', ') || 'none'
}
