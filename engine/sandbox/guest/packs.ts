// The packs of lazy globals, as text: each is one self-contained function of the kit and the table that it fills.
import { abortPack } from './packs/abort.ts'
import { base64Pack } from './packs/base64.ts'
import { bodyPack } from './packs/body.ts'
import { clonePack } from './packs/clone.ts'
import { cryptoPack } from './packs/crypto.ts'
import { decoderPack } from './packs/decoder.ts'
import { encoderPack } from './packs/encoder.ts'
import { eventPack } from './packs/event.ts'
import { exceptionPack } from './packs/exception.ts'
import { headersPack } from './packs/headers.ts'
import { inspectPack } from './packs/inspect.ts'
import { queryPack } from './packs/query.ts'
import { requestPack } from './packs/request.ts'
import { responsePack } from './packs/response.ts'
import { urlPack } from './packs/url.ts'

const PACKS: Readonly<Record<string, string>> = Object.freeze({
  __proto__: null as never,
  abort: `(${abortPack})`,
  base64: `(${base64Pack})`,
  body: `(${bodyPack})`,
  clone: `(${clonePack})`,
  crypto: `(${cryptoPack})`,
  exception: `(${exceptionPack})`,
  headers: `(${headersPack})`,
  inspect: `(${inspectPack})`,
  query: `(${queryPack})`,
  encoder: `(${encoderPack})`,
  decoder: `(${decoderPack})`,
  event: `(${eventPack})`,
  request: `(${requestPack})`,
  response: `(${responsePack})`,
  url: `(${urlPack})`,
})

/** The source of a pack: an expression that evaluates to its function. */
export function packSource(name: string): string | undefined {
  return PACKS[name]
}
