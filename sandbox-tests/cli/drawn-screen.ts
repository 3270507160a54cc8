// A terminal's screen, as far as `vivarium` draws on it. A sequence that it does not know is an error: nothing but these may reach a terminal.
const ESC = '\u001b'
const TOKEN = new RegExp(String.raw`${ESC}\[(\?)?([\d;]*)([A-Za-z])|${ESC}(?:\[[\d;?]*)?$|${ESC}.|[\s\S]`, 'gu')
const MODES: Readonly<Record<string, 'alternate' | 'cursor' | 'wrap' | 'synchronised'>> = {
  '1049': 'alternate',
  '25': 'cursor',
  '7': 'wrap',
  '2026': 'synchronised',
}

/** See the head of the file. */
export class DrawnScreen {
  /** As a terminal has them when it is new. */
  readonly modes = { alternate: false, cursor: true, wrap: true, synchronised: false }
  /** Sequences that it did not know. */
  readonly unknown: string[] = []
  /** Pictures that were sent: writes between begin and end. */
  pictures = 0
  #rows: number
  #columns: number
  #cells: string[][]
  #row = 0
  #column = 0
  /** Whether the last column was just written: the cursor is still on it, and the next letter goes to the next line, where lines wrap. */
  #isAtEnd = false
  #rest = ''

  constructor(rows: number, columns: number) {
    this.#rows = rows
    this.#columns = columns
    this.#cells = blank(rows)
  }

  /** The lines, without the spaces at their ends. */
  get lines(): string[] {
    return this.#cells.map((cells) =>
      Array.from(cells, (cell = ' ') => cell)
        .join('')
        .trimEnd(),
    )
  }

  get text(): string {
    return this.lines.join('\n')
  }

  resize(rows: number, columns: number): void {
    this.#rows = rows
    this.#columns = columns
    this.#cells = Array.from({ length: rows }, (_, row) => (this.#cells[row] ?? []).slice(0, columns))
    this.#goTo(this.#row, this.#column)
  }

  write(text: string): void {
    const all = this.#rest + text
    this.#rest = ''
    for (const [token, isPrivate, numbers = '', letter = ''] of all.matchAll(TOKEN)) {
      if (letter !== '') this.#obey({ token, isPrivate: isPrivate !== undefined, numbers, letter })
      else if (token.startsWith('\u001b')) this.#incomplete(token)
      else this.#put(token)
    }
  }

  #incomplete(token: string): void {
    if (token.length === 1 || token.startsWith('\u001b[')) this.#rest = token
    else this.unknown.push(token)
  }

  #obey({
    token,
    isPrivate,
    numbers,
    letter,
  }: {
    readonly token: string
    readonly isPrivate: boolean
    readonly numbers: string
    readonly letter: string
  }): void {
    if (isPrivate && (letter === 'h' || letter === 'l')) return this.#setMode(token, numbers, letter === 'h')
    const [first = 1, second = 1] = numbers.split(';').map((part) => Number(part || 1))
    if (letter === 'm') return
    this.#isAtEnd = false
    if (letter === 'H') this.#goTo(first - 1, second - 1)
    else if (letter === 'K') (this.#cells[this.#row] ?? []).length = Math.min(this.#column, (this.#cells[this.#row] ?? []).length)
    else if (letter === 'G') this.#goTo(this.#row, first - 1)
    else if (letter === 'J') this.#clear(numbers === '2')
    else this.unknown.push(token)
  }

  /** Everything, or what is behind the cursor. */
  #clear(isAll: boolean): void {
    this.#cells = this.#cells.map((cells, row) =>
      isAll || row > this.#row ? [] : row === this.#row ? cells.slice(0, this.#column) : cells,
    )
  }

  #setMode(token: string, number: string, isOn: boolean): void {
    const mode = MODES[number]
    if (mode === undefined) {
      this.unknown.push(token)
      return
    }
    this.modes[mode] = isOn
    if (mode === 'synchronised' && isOn) this.pictures++
    if (mode === 'alternate') {
      this.#cells = blank(this.#rows)
      this.#goTo(0, 0)
    }
  }

  #put(letter: string): void {
    if (letter === '\r') this.#goTo(this.#row, 0)
    else if (letter === '\n') this.#feed()
    else if (/\p{Cc}/u.test(letter)) this.unknown.push(letter)
    else {
      if (this.#isAtEnd && this.modes.wrap) this.#feed()
      const line = this.#cells[this.#row]
      if (line !== undefined) line[this.#column] = letter
      this.#isAtEnd = this.#column === this.#columns - 1
      if (!this.#isAtEnd) this.#column++
    }
  }

  /** As on a terminal, the cursor is never beside the screen. */
  #goTo(row: number, column: number): void {
    this.#isAtEnd = false
    this.#row = row
    this.#column = Math.min(column, this.#columns - 1)
  }

  #feed(): void {
    this.#goTo(this.#row + 1, 0)
    if (this.#row < this.#rows) return
    this.#cells = [...this.#cells.slice(1), []]
    this.#row = this.#rows - 1
  }
}

function blank(rows: number): string[][] {
  return Array.from({ length: rows }, () => [])
}
