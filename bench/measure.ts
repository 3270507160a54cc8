// Measuring on a noisy machine: subject and baseline take turns, round by round, and the median of the ratios counts.

/** What a pair of measurements came to. Times in microseconds a turn. */
export interface Paired {
  readonly subject: number
  readonly baseline: number
  /** Median of the rounds' ratios. */
  readonly ratio: number
  /** The ratios' quartiles. */
  readonly spread: readonly [number, number]
}

const ROUNDS = 31
/** Both sides are warm by then: what is hot is compiled in the background, the engine's side later than the few functions of a baseline. */
const WARM_UP_MS = 2_000

/** Times two synchronous or asynchronous loops of `turns` turns each. */
export async function pair(
  turns: number,
  subject: (turns: number) => unknown,
  baseline: (turns: number) => unknown,
  rounds = ROUNDS,
): Promise<Paired> {
  const warmAt = performance.now() + WARM_UP_MS
  do {
    await subject(turns)
    await baseline(turns)
  } while (performance.now() < warmAt)
  const times: { subject: number; baseline: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const first = round % 2 === 0
    const a = await time(turns, first ? subject : baseline)
    const b = await time(turns, first ? baseline : subject)
    times.push(first ? { subject: a, baseline: b } : { subject: b, baseline: a })
  }
  const ratios = times.map((each) => each.subject / each.baseline)
  return {
    subject: median(times.map((each) => each.subject)),
    baseline: median(times.map((each) => each.baseline)),
    ratio: median(ratios),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  }
}

/** Microseconds a turn. */
export async function time(turns: number, loop: (turns: number) => unknown): Promise<number> {
  const before = process.hrtime.bigint()
  await loop(turns)
  return Number(process.hrtime.bigint() - before) / 1_000 / turns
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which a part of them lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * part
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}
