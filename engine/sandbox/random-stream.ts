// A run's own stream of random bytes for `crypto.*`: the same seed gives the same bytes.
import { createCipheriv } from 'node:crypto'

const ZEROES = Buffer.alloc(65_536)

/** AES-128 in counter mode over zeroes, keyed by 16 bytes of the run's seed. */
export class RandomStream {
  readonly #cipher: ReturnType<typeof createCipheriv>

  /** `key` is 32 hex digits. */
  constructor(key: string) {
    this.#cipher = createCipheriv('aes-128-ctr', Buffer.from(key, 'hex'), Buffer.alloc(16))
  }

  /** The next bytes; at most 65,536 at once. */
  next(count: number): Buffer {
    return this.#cipher.update(ZEROES.subarray(0, count))
  }
}
