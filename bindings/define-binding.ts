// How a host developer declares host functions: schemas both ways, a cost, a handler. Types of the handlers follow from the schemas.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { engineError } from '../engine/errors/engine-error.ts'
import type { BindingHost } from '../engine/model/binding-host.ts'
import type { BindingSurface } from '../engine/model/host-call.ts'
import type { Redact } from '../engine/model/redact.ts'
import type { Binding, BindingCall, BindingMethod } from './binding.ts'
import { checkBindingName, checkMethodName } from './binding-names.ts'
import { createReadAllow } from './read-allow.ts'
import { isSchema } from './schema.ts'

type InputOf<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferInput<S> : never
type OutputOf<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : never

/** The arguments of a handler: what the input schema makes of the script's. */
export type HandlerArguments<Input> = OutputOf<Input> extends infer Args extends readonly unknown[] ? Args : never

/** What a handler may answer: whatever the output schema accepts, now or later. */
export type HandlerReply<Output> = InputOf<Output> | Promise<InputOf<Output>>

/** What a handler finds in `call.grant`: the grant schema's output. Where the schema has no default, `true` stands for all. */
export type GrantOf<Grant> = [Grant] extends [StandardSchemaV1]
  ? undefined extends InputOf<Grant>
    ? Exclude<OutputOf<Grant>, undefined>
    : OutputOf<Grant> | true
  : true

/** The methods of a binding. `I` and `O` are the schemas by method; both are inferred. */
export type MethodDefinitions<I, O extends Record<keyof I, StandardSchemaV1>, Grant> = {
  [M in keyof I]: {
    /** Of the arguments, as an array: `z.tuple([…])`. */
    input: I[M]
    /** What one call is metered at: a positive integer, 1 where nothing is said. */
    cost?: number
    handler: (call: BindingCall<GrantOf<Grant>>, ...args: HandlerArguments<I[M]>) => HandlerReply<O[M]>
  }
} & {
  [M in keyof O]: {
    /** Of the reply. */
    output: O[M]
  }
}

/** What may be said of a binding beside its methods. */
export interface BindingOptions<Grant> {
  /** Of what policy writes under `allow.<name>`; `true` is always accepted too. Its output must be JSON. */
  readonly grant?: Grant
  /** One sentence, shown to admins and authors of scripts. */
  readonly description?: string
  /** The TypeScript type of `ctx.<name>`, as text. */
  readonly types?: string
  /** For a binding that cannot be granted as a whole: what policy is told that writes `true`, such as "name the hosts". */
  readonly refuseTrue?: string
  /** How much of a need policy gives, where equal members of lists and tables are not the measure: see `BindingSurface.narrow`. */
  readonly narrow?: BindingSurface['narrow']
  /** Takes out of a text what nobody may see in logs, errors and records of calls. It is asked often: be quick. */
  readonly redact?: Redact
  /** Called once by each engine, when it is open and before any run, with what the binding may ask of it. Handlers find the same in `call.host`. */
  readonly attach?: (host: BindingHost) => void | Promise<void>
  /** Called once, when the engine closes. */
  readonly close?: () => void | Promise<void>
}

interface LooseMethod {
  readonly input?: unknown
  readonly output?: unknown
  readonly cost?: unknown
  readonly handler?: unknown
}

/**
 * Defines a namespace of host functions that policy can grant: `ctx.<name>.<method>(…)`. Handlers run only for scripts with a grant, on valid arguments,
 * and throw `HostFunctionError` for what the script shall know. Throws `BINDING_INVALID`.
 *
 * @example
 * defineBinding('mail', {
 *   send: { input: z.tuple([z.email(), z.string()]), output: z.void(), cost: 5, handler: (call, to, text) => mailer.send(to, text) },
 * })
 */
export function defineBinding<
  I extends Record<string, StandardSchemaV1>,
  O extends Record<keyof I, StandardSchemaV1>,
  Grant extends StandardSchemaV1 | undefined = undefined,
>(name: string, methods: MethodDefinitions<I, O, Grant>, options: BindingOptions<Grant> = {}): Binding {
  checkBindingName(name)
  const definitions = Object.entries(methods ?? {}) as [string, LooseMethod][]
  if (definitions.length === 0) throw engineError('BINDING_INVALID', [name, 'has no methods'])
  if (options.grant !== undefined && !isSchema(options.grant))
    throw engineError('BINDING_INVALID', [name, 'has a grant that is not a Standard Schema'])
  return makeBinding({
    name,
    description: options.description ?? '',
    methods: new Map(definitions.map(([method, definition]) => [method, readMethod(name, method, definition)])),
    grant: options.grant,
    refuseTrue: options.refuseTrue,
    narrow: options.narrow,
    types: options.types,
    redact: options.redact,
    attach: options.attach,
    close: options.close,
  })
}

/** The parts of a binding whose name and methods were checked, or are the project's own. */
export interface BindingParts {
  readonly name: string
  readonly description: string
  readonly methods: ReadonlyMap<string, BindingMethod>
  readonly grant?: StandardSchemaV1 | undefined
  readonly refuseTrue?: string | undefined
  readonly narrow?: BindingSurface['narrow']
  readonly types?: string | undefined
  readonly redact?: Binding['redact']
  readonly observer?: Binding['observer']
  readonly attach?: Binding['attach']
  readonly close?: Binding['close']
}

/** Puts a binding together and freezes it. For bindings of the project itself: hosts use {@link defineBinding}, which checks. */
export function makeBinding(parts: BindingParts): Binding {
  const surface = Object.freeze({
    name: parts.name,
    description: parts.description,
    methods: Object.freeze([...parts.methods.keys()]),
    readAllow: createReadAllow(parts.grant, parts.refuseTrue),
    narrow: parts.narrow,
  })
  const { methods, types, grant, redact, observer, attach, close } = parts
  return Object.freeze({ surface, methods, types, grant, redact, observer, attach, close })
}

function readMethod(binding: string, name: string, definition: LooseMethod): BindingMethod {
  checkMethodName(binding, name)
  const refuse = (what: string) => engineError('BINDING_INVALID', [binding, `has a method "${name}" ${what}`])
  if (typeof definition !== 'object' || definition === null) throw refuse('that is not an object of input, output and handler')
  const { input, output, cost = 1, handler } = definition
  if (!isSchema(input)) throw refuse('whose input is not a Standard Schema')
  if (!isSchema(output)) throw refuse('whose output is not a Standard Schema')
  if (typeof handler !== 'function') throw refuse('whose handler is not a function')
  if (typeof cost !== 'number' || !Number.isSafeInteger(cost) || cost < 1)
    throw refuse(`whose cost is not a positive integer but ${String(cost)}`)
  // The typed handler takes what the input schema makes; the gate passes nothing else.
  return Object.freeze({ input, output, cost, handler: handler as BindingMethod['handler'] })
}
