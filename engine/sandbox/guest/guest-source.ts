// The guest as text: its parts in the order in which they are evaluated, and the packs of lazy globals.
import { consolePart } from './console.ts'
import { dispatchPart } from './dispatch.ts'
import { faultsPart } from './faults.ts'
import { graphDecoderPart } from './graph-decoder.ts'
import { graphEncoderPart } from './graph-encoder.ts'
import { hostCallsPart } from './host-calls.ts'
import type { Kit, WireCodec } from './kit.ts'
import { realmPart } from './realm.ts'
import { scriptPart } from './script.ts'
import { wireCodecPart } from './wire-codec.ts'

/** The parts of the guest, in order: expressions that evaluate to functions of the kit. */
export const GUEST_PARTS: readonly string[] = Object.freeze(
  [realmPart, graphEncoderPart, graphDecoderPart, wireCodecPart, faultsPart, consolePart, hostCallsPart, scriptPart, dispatchPart].map(
    (part) => `(${part})`,
  ),
)

/** The names of the kit that the cell calls. */
export const GUEST_ENTRIES = Object.freeze([
  'load',
  'touch',
  'grant',
  'begin',
  'dispatch',
  'settle',
  'fire',
  'abort',
  'listens',
  'where',
  'reason',
] as const satisfies readonly (keyof Kit)[])

/** The codec on the host's side: the same code, in the host's realm. */
export const wireCodec: WireCodec = makeCodec()

function makeCodec(): WireCodec {
  const kit = {} as Kit
  graphEncoderPart(kit)
  graphDecoderPart(kit)
  wireCodecPart(kit)
  return kit.codec
}
