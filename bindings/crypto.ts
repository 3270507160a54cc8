// The binding `crypto`: digests, keyed digests, and chance from the system. What is large is computed on the thread pool, so that no script holds the host up.
import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual, webcrypto } from 'node:crypto'
import { z } from 'zod'
import type { Binding, BindingCall } from './binding.ts'
import { defineBinding } from './define-binding.ts'
import { HostFunctionError } from './host-function-error.ts'
import { size } from './quantities.ts'
import { accessOf, secretGrantsOf } from './secret-grants.ts'
import type { SecretStore } from './secrets-store.ts'
import { takes } from './takes.ts'

const MiB = 1024 ** 2
/** The most that an argument of a host call can ever be. */
const MOST_INPUT_BYTES = 16 * MiB
/** Below this, computing costs less than going to another thread. */
const SMALL_BYTES = 16 * 1024
const MOST_RANDOM_BYTES = 64 * 1024
const SECRET_KEY = /^\{\{secret:([^{}]{1,64})\}\}$/

/** As scripts write them → as Web Crypto does. */
const ALGORITHMS = { 'sha-1': 'SHA-1', 'sha-256': 'SHA-256', 'sha-384': 'SHA-384', 'sha-512': 'SHA-512' } as const

type Algorithm = keyof typeof ALGORITHMS

/** What policy writes under `allow.crypto`: `true` or `{ bytes }`. */
const grant = z
  .strictObject({
    bytes: size
      .pipe(z.number().max(MOST_INPUT_BYTES, { error: 'at most 16MiB can be granted' }))
      .default(MiB)
      .describe('Bytes of the data, and of the key, each; 1MiB by default.'),
  })
  .prefault({})

type Grant = z.output<typeof grant>

const algorithm = z.enum(Object.keys(ALGORITHMS) as [Algorithm, ...Algorithm[]])
const data = z.union([z.string(), z.instanceof(Uint8Array)], { error: 'it must be a text or a Uint8Array' })
const encoding = z.enum(['hex', 'base64']).default('hex')

const TYPES = `{
  /** The digest of a text (as UTF-8) or of bytes, as text. SHA-1 is there for old formats: nothing that must be safe should rest on it. */
  hash(algorithm: 'sha-1' | 'sha-256' | 'sha-384' | 'sha-512', data: string | Uint8Array, encoding?: 'hex' | 'base64'): Promise<string>
  /**
   * The keyed digest, as text: what signatures of webhooks are. The key \`{{secret:NAME}}\` stands for a secret that this script was granted. The script never sees it.
   *
   * @example
   * const expected = 'sha256=' + await ctx.crypto.hmac('sha-256', '{{secret:HOOK_TOKEN}}', body)
   * if (!await ctx.crypto.timingSafeEqual(expected, signature)) return 'forged'
   */
  hmac(algorithm: 'sha-1' | 'sha-256' | 'sha-384' | 'sha-512', key: string | Uint8Array, data: string | Uint8Array, encoding?: 'hex' | 'base64'): Promise<string>
  /** A new UUID (version 4) that nobody can guess. */
  randomUUID(): Promise<string>
  /** 1 to 65,536 bytes that nobody can guess. */
  randomBytes(count: number): Promise<Uint8Array>
  /** Whether two texts or bytes are the same, in a time that says nothing of where they differ. A text equals the bytes of its UTF-8. */
  timingSafeEqual(a: string | Uint8Array, b: string | Uint8Array): Promise<boolean>
}`

/** What `crypto` is made from. */
export interface CryptoOptions {
  /** Random bytes for `randomBytes`; the system's where nothing is given. */
  readonly random?: ((bytes: number) => Uint8Array) | undefined
  /** Where `{{secret:NAME}}` as a key comes from; without it there are no secrets. */
  readonly secrets?: SecretStore | undefined
}

/**
 * The binding `crypto`: hash, hmac, randomUUID, randomBytes, timingSafeEqual.
 *
 * @example
 * const engine = await createEngine({ scripts, bindings: [crypto()] })
 */
export function crypto({ random = randomBytes, secrets }: CryptoOptions = {}): Binding {
  return defineBinding(
    'crypto',
    {
      hash: {
        input: z.tuple([algorithm, data, encoding], takes('algorithm, data, encoding?')),
        output: z.string(),
        handler: async ({ grant: allowed }, name, content, form) => (await digest(name, readBytes(allowed, content))).toString(form),
      },
      hmac: {
        input: z.tuple([algorithm, data, data, encoding], takes('algorithm, key, data, encoding?')),
        output: z.string(),
        handler: async (call, name, key, ...[content, form]) => {
          const bytes = readBytes(call.grant, content)
          const keyBytes = readBytes(call.grant, await keyOf(call, key, secrets))
          return (await sign(name, keyBytes, bytes)).toString(form)
        },
      },
      randomUUID: { input: z.tuple([], takes('')), output: z.string(), handler: () => randomUUID() },
      randomBytes: {
        input: z.tuple([z.int().min(1).max(MOST_RANDOM_BYTES)], takes('count')),
        output: z.instanceof(Uint8Array),
        handler: (_call, count) => new Uint8Array(random(count)),
      },
      timingSafeEqual: {
        input: z.tuple([data, data], takes('a, b')),
        output: z.boolean(),
        handler: ({ grant: allowed }, a, b) => isSame(readBytes(allowed, a), readBytes(allowed, b)),
      },
    },
    { grant, description: 'Digests, keyed digests and unguessable chance.', types: TYPES },
  )
}

/** A key that is the name of a secret stands for its value: granted for use, it signs without being seen. */
async function keyOf(call: BindingCall, key: string | Uint8Array, secrets: SecretStore | undefined): Promise<string | Uint8Array> {
  const name = typeof key === 'string' ? SECRET_KEY.exec(key)?.[1] : undefined
  if (name === undefined) return key
  const access = accessOf(secretGrantsOf(call.grants), name)
  // One that may be sent to certain hosts only is for them, and for nothing else.
  if (secrets === undefined || (access !== 'use' && access !== 'read')) throw HostFunctionError.of('SECRET_DENIED', name, 'used as a key')
  return await secrets.reveal(name, call)
}

function readBytes({ bytes: allowed }: Grant, content: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const length = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength
  if (length > allowed) throw HostFunctionError.of('CRYPTO_INPUT_TOO_LARGE', length, allowed)
  return typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content)
}

async function digest(name: Algorithm, bytes: Uint8Array<ArrayBuffer>): Promise<Buffer> {
  if (bytes.byteLength <= SMALL_BYTES) return createHash(nodeName(name)).update(bytes).digest()
  return Buffer.from(await webcrypto.subtle.digest(ALGORITHMS[name], bytes))
}

async function sign(name: Algorithm, key: Uint8Array<ArrayBuffer>, bytes: Uint8Array<ArrayBuffer>): Promise<Buffer> {
  // Web Crypto takes no empty key.
  if (key.byteLength === 0 || key.byteLength + bytes.byteLength <= SMALL_BYTES)
    return createHmac(nodeName(name), key).update(bytes).digest()
  const imported = await webcrypto.subtle.importKey('raw', key, { name: 'HMAC', hash: ALGORITHMS[name] }, false, ['sign'])
  return Buffer.from(await webcrypto.subtle.sign('HMAC', imported, bytes))
}

/** Digests under a key that nobody knows are as long as each other, and tell nothing of what they were made from. */
async function isSame(a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const key = new Uint8Array(randomBytes(32))
  const [ofA, ofB] = await Promise.all([sign('sha-256', key, a), sign('sha-256', key, b)])
  return timingSafeEqual(ofA, ofB)
}

function nodeName(name: Algorithm): string {
  return name.replace('-', '')
}
