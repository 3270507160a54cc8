// Two values as lines, and what is different between them.

const MOST_LINES = 300
const CONTEXT = 2
const MOST_SHOWN = 60

/** Lines that begin with `-` (only expected), `+` (only received) or a space (both); what is far from any difference is left out. */
export function diffLines(expected: readonly string[], received: readonly string[]): string[] {
  const marked = mark(expected.slice(0, MOST_LINES), received.slice(0, MOST_LINES))
  const isNear = (index: number): boolean =>
    marked.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some((line) => !line.startsWith(' '))
  const shown: string[] = []
  let isCut = false
  for (const [index, line] of marked.entries()) {
    if (!isNear(index)) {
      if (!isCut) shown.push('  …')
      isCut = true
      continue
    }
    isCut = false
    if (shown.length === MOST_SHOWN) return [...shown, '  … more']
    shown.push(line)
  }
  return shown
}

/** The longest common part decides. */
function mark(expected: readonly string[], received: readonly string[]): string[] {
  const lengths = commonLengths(expected, received)
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0
  const lines: string[] = []
  let i = 0
  let j = 0
  while (i < expected.length || j < received.length) {
    if (i < expected.length && j < received.length && expected[i] === received[j]) {
      lines.push(`  ${expected[i++]}`)
      j++
    } else if (i < expected.length && (j === received.length || at(i + 1, j) >= at(i, j + 1))) lines.push(`- ${expected[i++]}`)
    else lines.push(`+ ${received[j++]}`)
  }
  return lines
}

function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0))
  for (let i = a.length - 1; i >= 0; i--) {
    const row = lengths[i] as number[] // there is one more than lines
    const below = lengths[i + 1] as number[]
    for (let j = b.length - 1; j >= 0; j--) row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0)
  }
  return lengths
}
