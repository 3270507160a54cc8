// What policy says of `http`: hosts, exceptions, caps. Read once, compiled once for each grant.
import { z } from 'zod'
import type { Narrowed } from '../../engine/model/grant.ts'
import type { Json } from '../../engine/model/json.ts'
import { duration, size } from '../quantities.ts'
import { writtenAs } from '../written-as.ts'
import { type AddressException, readException, writeException } from './addresses.ts'
import { completePattern, type HostPattern, intersect, readPattern, writePattern } from './host-pattern.ts'

const KiB = 1024
const MiB = 1024 * KiB

/** Caps on one request, in bytes, milliseconds and counts: defaults, and what policy can raise them to. */
export const HTTP_CAPS = Object.freeze({
  timeout: { default: 10_000, ceiling: 60_000 },
  request: { default: 256 * KiB, ceiling: 8 * MiB },
  response: { default: MiB, ceiling: 8 * MiB },
  redirects: { default: 5, ceiling: 20 },
  concurrency: { default: 4, ceiling: 64 },
})

const hosts = z.array(checked(normalPattern)).min(1, { error: 'name at least one host' })
const exceptions = z.array(checked(normalException))

const table = z.strictObject({
  hosts: hosts.describe('Patterns: hooks.example.com, *.example.com, GET,POST https://api.example.com:8443.'),
  private: exceptions.default([]).describe('Exact addresses that may be reached although they are not public.'),
  timeout: upTo(duration, HTTP_CAPS.timeout.ceiling, '60s')
    .default(HTTP_CAPS.timeout.default)
    .describe('Time of a call, with its redirects and the wait for its turn; 10s by default, at most 60s.'),
  request: upTo(size, HTTP_CAPS.request.ceiling, '8MiB')
    .default(HTTP_CAPS.request.default)
    .describe('Bytes of the body of a request; 256KiB by default, at most 8MiB.'),
  response: upTo(size, HTTP_CAPS.response.ceiling, '8MiB')
    .default(HTTP_CAPS.response.default)
    .describe('Bytes of the body of a response, decompressed; 1MiB by default, at most 8MiB.'),
  redirects: z
    .int()
    .min(0)
    .max(HTTP_CAPS.redirects.ceiling)
    .default(HTTP_CAPS.redirects.default)
    .describe('Redirects that are followed; 5 by default.'),
  concurrency: z
    .int()
    .min(1)
    .max(HTTP_CAPS.concurrency.ceiling)
    .default(HTTP_CAPS.concurrency.default)
    .describe('Requests of a script under way at once; 4 by default.'),
})

/** What policy writes under `allow.http`: a pattern, a list of patterns, or a table. A need may leave out the hosts of a table. */
export const grantSchema = writtenAs(z.union([z.string(), z.array(z.string()), table.partial()]))
  .pipe(
    z.union([z.string().transform((host) => [host]), z.array(z.string()), z.looseObject({})], {
      error: 'write a list of hosts, or a table such as { hosts: [hooks.example.com], timeout: 5s }',
    }),
  )
  .transform((written) => (Array.isArray(written) ? { hosts: written } : written))
  .pipe(table)

/** A grant as policy's reader makes it: plain data. */
export type HttpGrant = z.output<typeof table>

/** A grant, ready to be asked. */
export interface CompiledGrant extends Omit<HttpGrant, 'hosts' | 'private'> {
  readonly patterns: readonly HostPattern[]
  /** For names that lead to these addresses, and for URLs that are made with them. */
  readonly exceptions: readonly AddressException[]
  /** For URLs that are made with these addresses; no name may lead to them. */
  readonly literals: readonly AddressException[]
}

const need = z
  .union([z.string().transform((host) => [host]), z.array(z.string()), z.looseObject({})])
  .transform((written) => (Array.isArray(written) ? { hosts: written } : written))
  .pipe(
    z.strictObject({
      hosts: z.array(z.string()).optional(),
      private: exceptions.optional(),
      timeout: duration.optional(),
      request: size.optional(),
      response: size.optional(),
      redirects: z.int().min(0).optional(),
      concurrency: z.int().min(1).optional(),
    }),
  )

/**
 * How much of a need policy gives: patterns meet in what both cover, of caps the smaller counts. A need that names no scheme, port or methods takes those of the
 * policy. Throws what the schema throws on a need that is none.
 */
export function narrowHttp(written: Json, allow: Json): Narrowed {
  const { hosts: wanted, private: exceptional, ...caps } = need.parse(written)
  const granted = allow as HttpGrant
  const met = wanted?.map((text) => ({ text, common: meetPattern(text, granted.hosts) }))
  const numbers = Object.entries(caps) as [keyof typeof caps, number][]
  const lost = [
    ...(met ?? []).filter(({ common }) => common.length === 0).map(({ text }) => text),
    ...(exceptional ?? []).filter((each) => !granted.private.includes(each)).map((each) => `private ${each}`),
    ...numbers.filter(([cap, value]) => value > granted[cap]).map(([cap, value]) => `${cap} ${value}`),
  ]
  const value: HttpGrant = {
    ...granted,
    hosts: met === undefined ? granted.hosts : [...new Set(met.flatMap(({ common }) => common))],
    private: exceptional === undefined ? granted.private : granted.private.filter((each) => exceptional.includes(each)),
    ...Object.fromEntries(numbers.map(([cap, asked]) => [cap, Math.min(asked, granted[cap])])),
  }
  return { value, isGiven: value.hosts.length > 0 || wanted?.length === 0, lost }
}

const compiled = new WeakMap<object, CompiledGrant>()

/** Makes a grant ready to be asked. The same grant is compiled once. */
export function compileGrant(grant: HttpGrant): CompiledGrant {
  let made = compiled.get(grant)
  if (made === undefined) {
    const { hosts: patterns, private: allowed, ...caps } = grant
    const [exceptions, literals] = [allowed.flatMap(exceptionOf), patterns.flatMap(literalOf)]
    made = { ...caps, patterns: patterns.flatMap(patternOf), exceptions, literals }
    compiled.set(grant, made)
  }
  return made
}

function meetPattern(text: string, allowed: readonly string[]): readonly string[] {
  const wanted = readPattern(text)
  if ('flaw' in wanted) return []
  return allowed.flatMap(patternOf).flatMap((pattern) => {
    const common = intersect(wanted, pattern)
    return common === undefined ? [] : [writePattern(common)]
  })
}

function patternOf(text: string): readonly HostPattern[] {
  const pattern = readPattern(text)
  return 'flaw' in pattern ? [] : [completePattern(pattern)]
}

function exceptionOf(text: string): readonly AddressException[] {
  const exception = readException(text)
  return 'flaw' in exception ? [] : [exception]
}

/** A pattern that names an address is the exception for it, by itself and not by a name that leads there: nobody writes one by accident. */
function literalOf(text: string): readonly AddressException[] {
  return patternOf(text).flatMap(({ host, port }) =>
    exceptionOf(host).map(({ address }) => ({ address, port: port === '*' ? undefined : port })),
  )
}

function normalPattern(text: string): string | { readonly flaw: string } {
  const pattern = readPattern(text)
  if ('flaw' in pattern) return { flaw: `the pattern ${pattern.flaw}` }
  const literal = pattern.host.startsWith('[') || /^[\d.]+$/.test(pattern.host) ? readException(pattern.host) : undefined
  if (literal !== undefined && 'flaw' in literal) return { flaw: `the address ${literal.flaw}` }
  return writePattern(completePattern(pattern))
}

function normalException(text: string): string | { readonly flaw: string } {
  const exception = readException(text)
  return 'flaw' in exception ? { flaw: `"${text}" ${exception.flaw}` } : writeException(exception)
}

function checked(read: (text: string) => string | { readonly flaw: string }) {
  return z.string().transform((text, context) => {
    const result = read(text)
    if (typeof result === 'string') return result
    context.issues.push({ code: 'custom', message: result.flaw, input: text })
    return z.NEVER
  })
}

function upTo(quantity: typeof size, ceiling: number, shown: string) {
  return quantity.pipe(z.number().max(ceiling, { error: `at most ${shown} can be granted` }))
}
