// The suggestion that follows an unknown word, for every place where a user, an admin or a host can mistype one.

const MAX_LENGTH = 64

/** Returns ` Did you mean "limits"?` (with its leading space) for the known word nearest to `word`, or an empty string when none is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (word.length > MAX_LENGTH) return ''
  const allowed = Math.max(1, Math.floor(word.length / 3))
  const nearest = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= allowed && distance < candidate.length)
    .sort((a, b) => a.distance - b.distance)[0]
  return nearest === undefined ? '' : ` Did you mean "${nearest.candidate}"?`
}

/** Letters to add, drop, replace or swap with their neighbour to make `a` into `b`. */
function editDistance(a: string, b: string): number {
  if (b.length > MAX_LENGTH) return Number.POSITIVE_INFINITY
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + same)
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (isSwapped) cost = Math.min(cost, at(beforeLast, j - 2) + 1)
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return at(last, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
