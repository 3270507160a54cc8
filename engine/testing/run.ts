// Runs of scripts, as tests ask for them. The script runs in a real sandbox of its own; its calls come here to be answered by the test's fakes.

import { AssertionError } from './expect.ts'
import { answerHttp } from './http-answer.ts'
import { misuse } from './misuse.ts'
import type { FakeReply, MissingFake, RunReport, Step, TestHost } from './protocol.ts'
import { show } from './show.ts'
import { testHost, whileOpen } from './suite.ts'

/** Answers calls of one host function: what the script passed in, what it is given out. Throwing rejects the call; a `code` on the error reaches the script. */
// biome-ignore lint/suspicious/noExplicitAny: arguments and replies are those of any binding
export type Fake = (...args: any[]) => unknown

/** Binding → method → fake; a value that is no function is the answer to every call. */
export interface Fakes {
  readonly [binding: string]: { readonly [method: string]: unknown }
}

/** How a run is surrounded. Without any of it, each run of the same script and payload is the same. */
export interface RunOptions {
  /** Fakes of host functions. `kv` and what else touches nothing outside works without, in memory, for as long as the test runs. */
  readonly ctx?: Fakes
  /** What `ctx.kv` holds before the run, beside what earlier runs of the test have left. */
  readonly kv?: { readonly [key: string]: unknown }
  /** What the clock shows: milliseconds since 1970, a date, its ISO text, or a function that is asked at the start and at each answer to a call; 2026-01-01T00:00:00Z by default. */
  readonly clock?: number | string | Date | (() => number | string | Date)
  /** What `Math.random` and `crypto` begin with; runs with the same seed draw the same. */
  readonly seed?: string | number
  /** Lower limits, written as in the policy: `{ cpu: '5ms', hostCalls: 3 }`. */
  readonly limits?: { readonly [limit: string]: string | number }
  /** Whose event it is. */
  readonly tenant?: string
}

/** What came of a run. */
export interface RunResult extends RunReport {
  /** `ok`, `exception`, `cpu_exceeded` …: as docs/errors.md has them. */
  readonly status: string
  /** What the handler returned. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the script returns; tests look into it
  readonly value?: any
}

/** An event with its payload, from `fixtures/` in the scripts directory. */
export interface Fixture {
  readonly event: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever the file holds; tests look into it
  readonly payload: any
}

/** Its fakes may answer with a Response, or with a part of what the host would. */
const HTTP = 'http.fetch'
const DEFAULT_NOW = Date.UTC(2026, 0, 1)
const DEFAULT_SEED = 'vivarium'

/**
 * Runs a script for an event in a real sandbox: with the runtime, grants and limits that policy gives it. Never rejects because of the script: look at `status`.
 * Without a payload, it is `{}`. Rejects when the script calls a host function that nothing answers. `script` is a path from the test's file, or a script's id.
 *
 * @example
 * const result = await run('./hello', 'hello', { name: 'Ada' }, { ctx: { kv: { increment: () => 3 } } })
 * expect(result.value.times).toBe(3)
 * expect(result.usage.hostCalls).toBeLessThan(4)
 */
export function run(script: string, event: string, payload?: unknown, options?: RunOptions): Promise<RunResult>
export function run(script: string, fixture: Fixture, options?: RunOptions): Promise<RunResult>
export function run(script: string, event: string | Fixture, ...rest: readonly unknown[]): Promise<RunResult> {
  const site = new AssertionError('') // made here, where the frames of the test are: later they are gone
  const [name, payload, options] = typeof event === 'string' ? [event, ...rest] : [event.event, event.payload, rest[0]]
  const surroundings = { host: testHost('run(…)'), ...readOptions(options) }
  return whileOpen(site, () => follow({ script, event: name, payload }, surroundings, site))
}

/** Reads a fixture: the file `fixtures/NAME.json` in the scripts directory. Rejects when there is none. */
export function fixture(name: string): Promise<Fixture> {
  const site = new AssertionError('')
  return testHost('fixture(…)')
    .fixture(name)
    .catch((error: unknown) => {
      throw place(site, error)
    })
}

interface Surroundings {
  readonly fakes: ReadonlyMap<string, unknown>
  readonly now: () => number
  readonly seed: string
  readonly limits: RunOptions['limits']
  readonly tenant: string | undefined
  readonly kv: RunOptions['kv']
}

const KNOWN = ['ctx', 'kv', 'clock', 'seed', 'limits', 'tenant']

function readOptions(options: unknown = {}): Surroundings {
  if (typeof options !== 'object' || options === null) throw misuse(`The options of run(…) are an object, not ${show(options)}.`)
  const unknown = Object.keys(options).find((key) => !KNOWN.includes(key))
  if (unknown !== undefined) throw misuse(`run(…) has no option "${unknown}"; there are ${KNOWN.join(', ')}.`)
  const { ctx = {}, clock, seed = DEFAULT_SEED, limits, tenant, kv } = options as RunOptions
  return { fakes: readFakes(ctx), now: readClock(clock), seed: String(seed), limits, tenant, kv }
}

function readFakes(ctx: Fakes): Map<string, unknown> {
  const fakes = new Map<string, unknown>()
  for (const [binding, methods] of Object.entries(ctx)) {
    if (typeof methods !== 'object' || methods === null)
      throw misuse(`ctx.${binding} is an object of fakes, such as { ${binding}: { method: () => … } }, not ${show(methods)}.`)
    for (const method in methods) fakes.set(`${binding}.${method}`, methods[method])
  }
  return fakes
}

function readClock(clock: RunOptions['clock']): () => number {
  return () => {
    const moment = typeof clock === 'function' ? clock() : (clock ?? DEFAULT_NOW)
    const now = new Date(moment).getTime()
    if (Number.isNaN(now)) throw misuse(`The clock of run(…) cannot be ${show(moment)}; write "2026-01-31T08:00:00Z", or milliseconds.`)
    return now
  }
}

type Asked = Pick<RunReport, 'script' | 'event'> & { readonly payload: unknown }

/** Answers the calls of a run until it is over. */
async function follow(
  asked: Asked,
  { host, fakes, now, ...others }: Surroundings & { readonly host: TestHost },
  site: AssertionError,
): Promise<RunResult> {
  const failures: unknown[] = []
  try {
    const run = await host.start({ ...asked, fakes: [...fakes.keys()], now: now(), ...others })
    for (;;) {
      const step = await host.next(run)
      if (step.kind === 'call') void answer(host, { run, step, fakes, now }, failures)
      else return readEnd(step, failures, site)
    }
  } catch (error) {
    throw failures.includes(error) || error === site ? error : place(site, error)
  }
}

interface Answering {
  readonly run: number
  readonly step: Extract<Step, { kind: 'call' }>
  readonly fakes: ReadonlyMap<string, unknown>
  readonly now: () => number
}

async function answer(host: TestHost, { run, step, fakes, now }: Answering, failures: unknown[]): Promise<void> {
  let reply: Pick<FakeReply, 'ok' | 'value' | 'error'>
  try {
    const fake = fakes.get(step.name)
    const value: unknown = typeof fake === 'function' ? await fake(...step.args) : fake
    reply = { ok: true, value: step.name === HTTP ? await answerHttp(value, String(step.args[0])) : value }
  } catch (error) {
    if (error instanceof AssertionError) failures.push(error) // an expectation within a fake: the test fails with it
    reply = { ok: false, error: readFailure(error) }
  }
  try {
    await host.answer({ run, call: step.call, ...reply, now: now() })
  } catch (error) {
    failures.push(error)
    // Where not even this arrives, the first error is the one to tell.
    await host.answer({ run, call: step.call, ok: false, error: readFailure(error), now: 0 }).catch(() => undefined)
  }
}

function readFailure(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown; message?: unknown }
  return { code: typeof code === 'string' ? code : 'HOST_FAILURE', message: typeof message === 'string' ? message : show(error) }
}

function readEnd({ result, missing }: Extract<Step, { kind: 'end' }>, failures: readonly unknown[], site: AssertionError): RunResult {
  if (failures.length > 0) throw failures[0]
  const [first] = missing
  if (first === undefined) return result
  throw place(site, new AssertionError(describeMissing(result.script, first)), 'CALL_NOT_FAKED')
}

function describeMissing(script: string, { name, args }: MissingFake): string {
  const [binding = '', method = ''] = name.split('.')
  const shown = args.map((value) => show(value)).join(', ')
  const line = `{ ctx: { ${binding}: { ${method}: async (...args) => … } } }`
  return `"${script}" called ctx.${name}(${shown.length > 200 ? '…' : shown}), which nothing answers in a test. Add to the options of run(…): ${line}`
}

/** An error in the words of one and with the frames of the other. */
function place(site: AssertionError, error: unknown, code?: string): AssertionError {
  const failure = readFailure(error)
  site.message = failure.message
  site.code = code ?? failure.code
  return site
}
