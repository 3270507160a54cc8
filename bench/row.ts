// A row of the table: what is measured, what it must reach, what came of it.

/** What a row measured. */
export interface Measured {
  /** The figure that counts, as a ratio where there is a mark. */
  readonly value: number
  readonly unit: '×' | 'KiB' | 'ms'
  /** The parts it was made of, by name. */
  readonly parts: Readonly<Record<string, number>>
}

/** One row. */
export interface Row {
  readonly what: string
  /** The mark; undefined where the figure is only reported. */
  readonly must?: { readonly at: 'most' | 'least'; readonly value: number }
  readonly measure: () => Promise<Measured>
}

/** Whether a figure reaches its mark. */
export function reaches(row: Row, { value }: Measured): boolean {
  if (row.must === undefined) return true
  return row.must.at === 'most' ? value <= row.must.value : value >= row.must.value
}
