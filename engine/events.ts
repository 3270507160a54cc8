// The host's events: names, kinds, schemas. Types for scripts' payloads and for the host's own calls come from here.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { EventKind } from './model/event.ts'

/** All scripts are told; their results come back. */
export interface EventDefinition {
  readonly kind?: 'event'
  /** Of the payload; without it anything plain goes. */
  readonly payload?: StandardSchemaV1
  readonly description?: string
}

/** Each script transforms the value in turn. */
export interface FilterDefinition {
  readonly kind: 'filter'
  /** Of the value, before, between and after the scripts. */
  readonly payload: StandardSchemaV1
  readonly description?: string
}

/** Scripts are asked one after another, until one gives a valid answer. */
export interface DecisionDefinition {
  readonly kind: 'decision'
  readonly payload?: StandardSchemaV1
  /** Of the answer. */
  readonly answer: StandardSchemaV1
  readonly description?: string
}

/** Event name → what it is. */
export type EventDefinitions = { readonly [event: string]: EventDefinition | FilterDefinition | DecisionDefinition }

/** Names of the events of a kind. */
export type EventsOfKind<E extends EventDefinitions, K extends EventKind> = string extends keyof E
  ? string
  : { [N in keyof E & string]: KindOf<E[N]> extends K ? N : never }[keyof E & string]

/** What the host passes with an event. */
export type PayloadOf<D> = D extends { readonly payload: infer S extends StandardSchemaV1 } ? StandardSchemaV1.InferInput<S> : unknown

/** What comes out of a filter. */
export type FilteredOf<D> = D extends { readonly payload: infer S extends StandardSchemaV1 } ? StandardSchemaV1.InferOutput<S> : unknown

/** What a decision comes to. */
export type AnswerOf<D> = D extends { readonly answer: infer S extends StandardSchemaV1 } ? StandardSchemaV1.InferOutput<S> : unknown

type KindOf<D> = D extends { readonly kind: infer K extends EventKind } ? K : 'event'

/**
 * Declares the host's events; returns them unchanged, with their types. Any Standard Schema is accepted.
 *
 * @example
 * const events = defineEvents({ 'order.created': { payload: Order }, 'order.price': { kind: 'filter', payload: z.number() } })
 */
export function defineEvents<const E extends EventDefinitions>(events: E): E {
  return events
}
