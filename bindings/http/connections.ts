// Connections that wait for the next request to the same place by the same script. Their key holds the checked address: a name that leads elsewhere now
// gets another connection, and what one script may reach by exception is of no use to another.
import type { Socket } from 'node:net'
import type { Client } from 'undici'
import { type Connector, connected, type Dial } from './dial.ts'
import { NetworkFlaw } from './flaws.ts'
import { untilAborted } from './resolve.ts'
import type { Target } from './target.ts'

const IDLE_MS = 3_000
const MOST_IDLE = 64
/** More addresses of one name are not tried. */
const MOST_ATTEMPTS = 3
/** An address that does not answer leaves time for the next one. */
const ATTEMPT_MS = 5_000
const HEADER_BYTES = 16 * 1024

/** A connection that serves one request at a time. */
export interface Connection {
  readonly client: Client
  /** Whether a request went over it before, so that the other end may have given it up meanwhile. */
  readonly isUsed: boolean
  /** Gives it back: kept for the next request where it is whole, destroyed otherwise. */
  readonly release: (isWhole: boolean) => void
}

interface Wanted {
  readonly who: string
  readonly target: Target
  /** Each was checked. */
  readonly addresses: readonly string[]
  readonly signal: AbortSignal
  /** Whether one that waits may be taken. */
  readonly mayBeUsed: boolean
}

interface Kept {
  readonly key: string
  readonly client: Client
  readonly socket: Socket
  timer: NodeJS.Timeout | undefined
}

/** See the head of the file. */
export class Connections {
  readonly #connector: Connector
  readonly #idle = new Map<string, Kept[]>()
  readonly #all = new Set<Kept>()
  #idleCount = 0

  constructor(connector: Connector) {
    this.#connector = connector
  }

  /** A connection to one of the addresses. Rejects with what the last attempt failed with, or with the signal's reason. */
  async open(wanted: Wanted): Promise<Connection> {
    const keys = wanted.addresses.map((address) => keyOf(wanted, address))
    for (const key of wanted.mayBeUsed ? keys : []) {
      const kept = this.#takeIdle(key)
      if (kept !== undefined) return this.#lend(kept, true)
    }
    let failure: unknown
    for (const address of wanted.addresses.slice(0, MOST_ATTEMPTS)) {
      try {
        return this.#lend(await this.#dial(wanted, address), false)
      } catch (error) {
        wanted.signal.throwIfAborted()
        failure = error
      }
    }
    throw failure
  }

  /** Ends every connection. */
  close(): void {
    for (const kept of this.#all) this.#end(kept)
  }

  async #dial(wanted: Wanted, address: string): Promise<Kept> {
    const { target } = wanted
    const { host, port } = target
    const isSecure = target.scheme === 'https'
    // Loaded by the first request: most scripts make none.
    const library = await import('undici')
    const signal = AbortSignal.any([wanted.signal, AbortSignal.timeout(ATTEMPT_MS)])
    const connecting = this.#connect({ address, port, host, isSecure, signal })
    const socket = await untilAborted(connecting, signal).catch((error: unknown) => {
      // A connector of the host's that does not listen to the signal may still come up with one.
      connecting.then(
        (late) => late.on('error', () => undefined).destroy(),
        () => undefined,
      )
      throw error
    })
    if (socket.connecting) await connected(socket, 'connect', signal)
    const kept: Kept = { key: keyOf(wanted, address), client: clientOver(socket, target, library.Client), socket, timer: undefined }
    this.#all.add(kept)
    socket.on('error', () => undefined) // whoever uses it hears of it through the client; nobody else must
    socket.once('close', () => this.#end(kept))
    return kept
  }

  /** A connector of the host's may throw where it should reject. */
  async #connect(dial: Dial): Promise<Socket> {
    return await this.#connector(dial)
  }

  #lend(kept: Kept, isUsed: boolean): Connection {
    return {
      client: kept.client,
      isUsed,
      release: (isWhole) => {
        if (isWhole && !kept.socket.destroyed && this.#idleCount < MOST_IDLE) this.#keep(kept)
        else this.#end(kept)
      },
    }
  }

  #keep(kept: Kept): void {
    const others = this.#idle.get(kept.key)
    if (others === undefined) this.#idle.set(kept.key, [kept])
    else others.push(kept)
    this.#idleCount++
    kept.timer = setTimeout(() => this.#end(kept), IDLE_MS)
    kept.timer.unref()
  }

  #takeIdle(key: string): Kept | undefined {
    const kept = this.#idle.get(key)?.at(-1)
    if (kept !== undefined) this.#forget(kept)
    return kept
  }

  #forget(kept: Kept): void {
    const others = this.#idle.get(kept.key)
    const at = others?.indexOf(kept) ?? -1
    if (others === undefined || at === -1) return
    others.splice(at, 1)
    if (others.length === 0) this.#idle.delete(kept.key)
    this.#idleCount--
    clearTimeout(kept.timer)
  }

  #end(kept: Kept): void {
    this.#forget(kept)
    if (!this.#all.delete(kept)) return
    kept.client.destroy().catch(() => undefined) // it ends either way
    kept.socket.destroy()
  }
}

/** A client of exactly this connection: it is never able to open another one. */
function clientOver(socket: Socket, { origin }: Target, Maker: typeof Client): Client {
  let isTaken = false
  return new Maker(origin, {
    allowH2: false,
    pipelining: 1,
    maxHeaderSize: HEADER_BYTES,
    // The deadline of the request is kept by whoever makes it.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (_options, callback) => {
      const isGone = isTaken || socket.destroyed
      isTaken = true
      // The client is not ready to hear of it before this function returns.
      process.nextTick(() => (isGone ? callback(new NetworkFlaw('the connection was closed'), null) : callback(null, socket)))
    },
  })
}

function keyOf({ who, target }: Wanted, address: string): string {
  return JSON.stringify([who, target.origin, address])
}
