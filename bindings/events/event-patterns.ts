// Names of events with `*` for any characters, dots among them: `stock.*`, `*.deleted`, `*`. What policy grants, and what a need of a script comes to within it.

const MOST_STARS = 3
const LONGEST = 100

/** What is wrong with a pattern, as the end of a sentence about it; undefined for a good one. */
export function patternFault(pattern: string): string | undefined {
  if (pattern.length === 0 || pattern.length > LONGEST) return `must have 1 to ${LONGEST} characters`
  if (/\p{C}/u.test(pattern)) return 'must not have control characters'
  if (pattern.startsWith('every ')) return 'names a schedule: no script can emit it'
  return pattern.split('*').length - 1 > MOST_STARS ? `must not have more than ${MOST_STARS} "*"` : undefined
}

/** Whether a pattern stands for a name; or for all that another pattern stands for, whose `*` then is a character that only a `*` can match. */
export function isMatch(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return pattern === name
  const last = rest.pop() ?? ''
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false
  let at = first.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return at <= name.length - last.length
}

/** The part of what is asked for that is allowed: never more than either. */
export function commonPatterns(
  asked: readonly string[],
  allowed: readonly string[],
): { readonly common: string[]; readonly lost: string[] } {
  const common = new Set<string>()
  const lost: string[] = []
  for (const pattern of asked) {
    if (allowed.some((each) => isMatch(each, pattern))) {
      common.add(pattern)
      continue
    }
    for (const each of allowed) if (isMatch(pattern, each)) common.add(each)
    lost.push(pattern)
  }
  return { common: [...common], lost }
}
