// Bindings as the engine would hand them to the policy: small, but with the shapes of real ones.
import type { BindingSurface } from '../../engine/model/host-call.ts'

/** Takes true or a list of host names. */
export const http: BindingSurface = {
  name: 'http',
  description: 'HTTP requests to listed hosts.',
  methods: ['fetch'],
  readAllow: (written) => {
    if (written === true) return { ok: true, value: true }
    if (!Array.isArray(written)) return { ok: false, message: 'must be true or a list of host names', path: [] }
    const odd = written.findIndex((host) => typeof host !== 'string')
    if (odd >= 0) return { ok: false, message: 'must be a host name', path: [odd] }
    return { ok: true, value: written.map((host: string) => host.toLowerCase()) }
  },
}

/** Takes true or `{ bytes }`, and gives back a default for true. */
export const kv: BindingSurface = {
  name: 'kv',
  description: 'Keys and values.',
  methods: ['get', 'set'],
  readAllow: (written) => {
    if (written === true) return { ok: true, value: { bytes: 1000 } }
    if (typeof written === 'object' && written !== null && 'bytes' in written && typeof written.bytes === 'number') {
      return { ok: true, value: { bytes: written.bytes } }
    }
    return { ok: false, message: 'must be true or { bytes }', path: ['bytes'] }
  },
}

/** What tests load policies with. */
export const surfaces: readonly BindingSurface[] = [http, kv]
