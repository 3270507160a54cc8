// One run of a script that a test asked for: its calls wait here until the test fetches and answers them.
import type { HostCall, HostReply } from '../../engine/model/host-call.ts'
import type { Outcome } from '../../engine/model/outcome.ts'
import type { FakeReply, MissingFake, RecordedCall, RunReport, Step } from '../../engine/testing/protocol.ts'
import type { Doors, FakeAnswer } from './doors.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** What was called, when, and what came of it: enough to run the same again. */
export interface RecordedReply {
  readonly name: string
  readonly reply: HostReply
  readonly now: number
}

/** What a run under test is made from. */
export interface RunUnderTestOptions {
  readonly fakes: ReadonlySet<string>
  readonly now: number
  readonly doors: Doors
  readonly tenant: string | undefined
}

/** See the head of the file. */
export class RunUnderTest {
  readonly #fakes: ReadonlySet<string>
  readonly #doors: Doors
  readonly #calls: Writable<RecordedCall>[] = []
  readonly #missing: MissingFake[] = []
  readonly #asked = new Map<number, (answer: FakeAnswer) => void>()
  readonly #steps: Step[] = []
  /** In the order in which the script got them. */
  readonly replies: (RecordedReply & { readonly call: number })[] = []
  #waiting: ((step: Step) => void) | undefined
  readonly #tenant: string | undefined
  #now: number

  constructor({ fakes, now, doors, tenant }: RunUnderTestOptions) {
    this.#tenant = tenant
    this.#fakes = fakes
    this.#now = now
    this.#doors = doors
  }

  /** What the script's clock shows. */
  readonly clock = (): number => this.#now

  /** Answers a call of the script. */
  readonly handle = async (made: HostCall): Promise<HostReply> => {
    const call = { ...made, tenant: this.#tenant }
    const number = this.#calls.length
    const name = `${call.binding}.${call.method}`
    const record: Writable<RecordedCall> = { name, args: call.args }
    this.#calls.push(record)
    const reply = await this.#answer(call, name, number)
    if (reply.ok) record.reply = reply.value
    else record.error = reply.error
    this.replies.push({ call: number, name, reply, now: this.#now })
    return reply
  }

  /** The test's next step: a call to answer, or the end. Each is given once. */
  next(): Promise<Step> {
    const step = this.#steps.shift()
    return step === undefined
      ? new Promise((resolve) => {
          this.#waiting = resolve
        })
      : Promise.resolve(step)
  }

  /** The test's answer to a call. False when nobody waits for it. */
  answer({ call, ok, value, error, now }: FakeReply): boolean {
    const asked = this.#asked.get(call)
    if (asked === undefined) return false
    this.#asked.delete(call)
    this.#now = Math.max(this.#now, now)
    asked(ok ? { ok, value } : { ok, error: error ?? { code: 'HOST_FAILURE', message: 'The fake failed.' } })
    return true
  }

  /** The run is over. */
  end(outcome: Outcome): void {
    const { script, event, status, value, error, logs, usage } = outcome
    const result: RunReport = {
      script,
      event,
      status,
      ...(value !== undefined && { value }),
      ...(error && { error }),
      logs,
      calls: this.#calls,
      usage,
    }
    this.#step({ kind: 'end', result, missing: this.#missing })
    for (const asked of this.#asked.values()) asked({ ok: false, error: { code: 'CANCELLED', message: 'The run is over.' } })
  }

  async #answer(call: HostCall, name: string, number: number): Promise<HostReply> {
    if (this.#fakes.has(name)) return await this.#doors.toFake(call, () => this.#ask(number, name, call.args))
    const real = this.#doors.toReal(call)
    if (real !== undefined) return await real
    this.#missing.push({ name, args: call.args })
    return { ok: false, error: { code: 'CALL_NOT_FAKED', message: `The test answers no call of ${name}.` } }
  }

  #ask(call: number, name: string, args: readonly unknown[]): Promise<FakeAnswer> {
    return new Promise((resolve) => {
      this.#asked.set(call, resolve)
      this.#step({ kind: 'call', call, name, args })
    })
  }

  #step(step: Step): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting === undefined) this.#steps.push(step)
    else waiting(step)
  }
}
