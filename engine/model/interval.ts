// Intervals as people write them: `5m`, `every 30s`, `1.5h`, `every 10 minutes`, `every day`.

const WRITTEN = /^(?:every\s+)?(?:(\d{1,12}(?:\.\d{1,3})?)\s*)?([a-z]+)$/i
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const WORDS: Readonly<Record<string, string>> = { second: 's', sec: 's', minute: 'm', min: 'm', hour: 'h', day: 'd' }

/** An interval in whole milliseconds; undefined for text that is none. A number may be left out before a word, as in `every hour`, and nowhere else. */
export function readInterval(text: string): number | undefined {
  const [, amount, unit = ''] = WRITTEN.exec(text.trim()) ?? []
  const singular = unit.toLowerCase().replace(/(?<=[a-z]{3})s$/, '')
  const word = Object.hasOwn(WORDS, singular) ? WORDS[singular] : undefined
  const worth = MILLISECONDS[word ?? (Object.hasOwn(MILLISECONDS, unit) ? unit : '')]
  if (worth === undefined || (amount === undefined && word === undefined)) return undefined
  return Math.round(Number(amount ?? 1) * worth)
}

/** Milliseconds as the shortest text that reads the same: `90s`, `5m`, `1d`. */
export function formatInterval(milliseconds: number): string {
  const units = Object.entries(MILLISECONDS).toReversed()
  const [unit, worth] = units.find(([, each]) => milliseconds !== 0 && milliseconds % each === 0) ?? ['ms', 1]
  return `${milliseconds / worth}${unit}`
}
