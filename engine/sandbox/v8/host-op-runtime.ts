// How a guest on V8 hands text to the operations of the host: as it is.
import { packSource } from '../guest/packs.ts'
import type { HostOpCell, HostOpRuntime } from '../host-ops.ts'

/** See {@link HostOpRuntime}. */
export const V8_RUNTIME: HostOpRuntime<HostOpCell, string> = {
  readText: (_cell, text, mostBytes) =>
    text.length <= mostBytes && (text.length * 3 <= mostBytes || Buffer.byteLength(text) <= mostBytes) ? text : undefined,
  openPack(_cell, name) {
    const source = packSource(name)
    return source === undefined ? undefined : `'use strict';${source}\n//# sourceURL=vivarium`
  },
}
