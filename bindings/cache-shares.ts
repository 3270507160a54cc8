// The entries behind `cache`: a share for each script, each with a quota, all of them together under one roof. What was used least recently goes first.
import type { Clock } from './system-clock.ts'

/** What one script may keep. */
export interface CacheQuota {
  /** Of keys and values, and 64 for each entry. */
  readonly bytes: number
  /** Number of entries. */
  readonly entries: number
}

/** What an entry is to hold. */
export interface CacheContent {
  readonly text: string
  /** In milliseconds; without it the entry stays as long as there is room. */
  readonly ttl?: number | undefined
}

interface Entry {
  readonly text: string
  readonly bytes: number
  /** On the shares' clock; infinite for one that stays as long as there is room. */
  readonly ends: number
}

/** Entries in the order of their use: maps keep the order in which keys were set. */
interface Share {
  readonly entries: Map<string, Entry>
  bytes: number
}

const ENTRY_BYTES = 64
/** What a share weighs that holds nothing: were it nothing, scripts without number could have one. */
const SHARE_BYTES = 512

/** See the head of the file. Texts only: what they mean is the binding's business. */
export class CacheShares {
  readonly #mostBytes: number
  readonly #clock: Clock
  readonly #shares = new Map<string, Share>()
  #bytes = 0

  /** `mostBytes` is for all shares together; `clock` gives steady milliseconds. */
  constructor(mostBytes: number, clock: Clock) {
    this.#mostBytes = mostBytes
    this.#clock = clock
  }

  /** Bytes that all shares hold. */
  get bytes(): number {
    return this.#bytes
  }

  /** The text under a key, unless its time is over. */
  get(owner: string, key: string): string | undefined {
    const share = this.#use(owner)
    const entry = share?.entries.get(key)
    if (share === undefined || entry === undefined) return undefined
    this.#remove(share, key)
    if (entry.ends <= this.#clock()) return undefined
    this.#add(share, key, entry)
    return entry.text
  }

  /** Keeps a text for `ttl` milliseconds. Says whether it did: one that is larger than everything allowed is not kept, and what was there is gone. */
  set(owner: string, key: string, { text, ttl = Number.POSITIVE_INFINITY }: CacheContent, quota: CacheQuota): boolean {
    const bytes = ENTRY_BYTES + Buffer.byteLength(key) + Buffer.byteLength(text)
    const known = this.#use(owner)
    if (known !== undefined) this.#remove(known, key)
    if (bytes > Math.min(quota.bytes, this.#mostBytes - SHARE_BYTES)) return false
    const share = known ?? this.#open(owner)
    this.#add(share, key, { text, bytes, ends: this.#clock() + ttl })
    for (const oldest of share.entries.keys()) {
      if (share.bytes <= quota.bytes && share.entries.size <= quota.entries) break
      this.#remove(share, oldest)
    }
    this.#makeRoom()
    return true
  }

  /** Whether there was one. */
  delete(owner: string, key: string): boolean {
    const share = this.#shares.get(owner)
    const entry = share?.entries.get(key)
    if (share !== undefined) this.#remove(share, key)
    return entry !== undefined && entry.ends > this.#clock()
  }

  /** Forgets everything of one owner. */
  clear(owner: string): void {
    const share = this.#shares.get(owner)
    if (share === undefined) return
    this.#shares.delete(owner)
    this.#bytes -= share.bytes + SHARE_BYTES
  }

  /** Forgets everything. */
  clearAll(): void {
    this.#shares.clear()
    this.#bytes = 0
  }

  #open(owner: string): Share {
    const share = { entries: new Map(), bytes: 0 }
    this.#shares.set(owner, share)
    this.#bytes += SHARE_BYTES
    return share
  }

  /** The share, which is the one that was used last from now on. */
  #use(owner: string): Share | undefined {
    const share = this.#shares.get(owner)
    if (share === undefined) return undefined
    this.#shares.delete(owner)
    this.#shares.set(owner, share)
    return share
  }

  #add(share: Share, key: string, entry: Entry): void {
    share.entries.set(key, entry)
    share.bytes += entry.bytes
    this.#bytes += entry.bytes
  }

  #remove(share: Share, key: string): void {
    const entry = share.entries.get(key)
    if (entry === undefined) return
    share.entries.delete(key)
    share.bytes -= entry.bytes
    this.#bytes -= entry.bytes
  }

  /** The share that was not used for longest goes whole; the one that is written to stands last, and fits. */
  #makeRoom(): void {
    for (const owner of this.#shares.keys()) {
      if (this.#bytes <= this.#mostBytes) return
      this.clear(owner)
    }
  }
}
