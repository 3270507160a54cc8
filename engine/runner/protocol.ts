// Every message between the host and a runner, as two closed unions. A runner speaks first: hello, with the version.
import type { Limits } from '../model/limits.ts'
import type { Image, ImageRef } from '../sandbox/image.ts'
import type { LoadEnd, RunEnd } from '../sandbox/sandbox.ts'

/** Raised with every change of a message. */
export const PROTOCOL_VERSION = 3

/** Names a load or a run on one channel; from 1. */
export type RequestId = number

/** Evaluate a script without capabilities; answered by `loaded`. */
export interface LoadMessage {
  readonly kind: 'load'
  readonly id: RequestId
  readonly code: string
  readonly touches: string
  readonly limits: Limits
  readonly now: number
  readonly seed: string
}

/** Build ctx for a grant's shape in what was loaded, and freeze it; answered by `frozen`, or `loaded` with the reason why not. */
export interface FreezeMessage {
  readonly kind: 'freeze'
  readonly id: RequestId
  readonly shape: string
}

/** Forget what was loaded: it will not be frozen. */
export interface UnloadMessage {
  readonly kind: 'unload'
  readonly id: RequestId
}

/** Run a handler; answered by `call`s and one `ended`. */
export interface RunMessage {
  readonly kind: 'run'
  readonly id: RequestId
  /** Names the image: a cell that served it last need not be wiped. */
  readonly key: string
  readonly image: ImageRef
  readonly event: string
  readonly runId: string
  /** Wire text. */
  readonly payload: string
  readonly limits: Limits
  /** Milliseconds that are left of the run's wall clock. */
  readonly wallMs: number
  readonly now: number
  readonly seed: string
  /** See `RunTerms`. */
  readonly roomBytes: number
  /** With isolation `script`: the name of the state that the run continues; empty otherwise. */
  readonly state: string
}

/** The answer to a `call`: wire text, or a refusal (`code`, newline, sentence). */
export interface ReplyMessage {
  readonly kind: 'reply'
  readonly id: RequestId
  readonly call: number
  readonly ok: boolean
  readonly text: string
  readonly now: number
}

/** The host cancels a run; answered by `ended` unless that is already under way. */
export interface CancelMessage {
  readonly kind: 'cancel'
  readonly id: RequestId
  readonly reason: string
  readonly now: number
}

/** What the host says. */
export type ToRunner = LoadMessage | FreezeMessage | UnloadMessage | RunMessage | ReplyMessage | CancelMessage

/** The first message of every runner. */
export interface HelloMessage {
  readonly kind: 'hello'
  readonly version: number
  readonly runtime: string
  /** SHA-256 of the runner's base image. */
  readonly baseHash: string
}

/** See {@link LoadMessage}. */
export interface LoadedMessage {
  readonly kind: 'loaded'
  readonly id: RequestId
  readonly end: LoadEnd
}

/** See {@link FreezeMessage}. */
export interface FrozenMessage {
  readonly kind: 'frozen'
  readonly id: RequestId
  readonly image: Image
}

/** A script calls a host function. */
export interface CallMessage {
  readonly kind: 'call'
  readonly id: RequestId
  readonly call: number
  /** `binding.method` as the script wrote it: untrusted. */
  readonly name: string
  /** Wire text of the list of arguments. */
  readonly args: string
  /** Milliseconds that the run had computed by then. */
  readonly cpuMs: number
}

/** What a run with isolation `script` found and left. */
export interface StateEnd {
  /** It began in the script's image: there was no state to continue. */
  readonly isFresh: boolean
  /** What it left is kept for the next run. */
  readonly isKept: boolean
}

/** A run is over. */
export interface EndedMessage {
  readonly kind: 'ended'
  readonly id: RequestId
  readonly end: RunEnd
  readonly state: StateEnd
}

/** What a runner says. */
export type FromRunner = HelloMessage | LoadedMessage | FrozenMessage | CallMessage | EndedMessage
