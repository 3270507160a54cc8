// The terminal as a screen: a buffer of its own, lines that are painted only where they changed, one write for each picture. Whatever ends the program, the terminal is
// given back as it was; what others write meanwhile does not spoil the picture.
import type { ReadStream, WriteStream } from 'node:tty'

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J' // own buffer, no cursor, no wrapping
const LEAVE = '\u001b[?2026l\u001b[?7h\u001b[?25h\u001b[0m\u001b[?1049l'
/** Terminals that know them show a picture when it is whole; others ignore them. */
const BEGIN = '\u001b[?2026h'
const END = '\u001b[?2026l'

/** Some terminals do not know how large they are. */
const USUAL = { columns: 80, rows: 24 } as const

/** How large a terminal is. */
export interface ScreenSize {
  readonly columns: number
  readonly rows: number
}

/** What a screen is made of. */
export interface ScreenOptions {
  readonly input: ReadStream
  readonly output: WriteStream
  /** The lines are to be painted again: the terminal has another size, or was given back. */
  readonly onResize: () => void
  /** Given what anybody else writes to standard output or standard error. */
  readonly onForeignText: (text: string) => void
}

type Write = WriteStream['write']

/** See the head of the file. Whoever opens it disposes it. */
export class Screen implements Disposable {
  readonly #options: ScreenOptions
  readonly #write: Write
  readonly #restores: (() => void)[] = []
  #painted: readonly string[] = []
  #isOpen = false
  #isDisposed = false

  constructor(options: ScreenOptions) {
    this.#options = options
    const { output } = options
    this.#write = output.write.bind(output) as Write
    for (const stream of [process.stdout, process.stderr]) if (stream.isTTY) this.#divert(stream)
    const leave = (): void => this.leave()
    // The monitor comes before Node prints the error: it would be lost with the buffer.
    process.on('exit', leave).on('uncaughtExceptionMonitor', leave)
    output.on('resize', this.#onResize)
    this.#restores.push(() => {
      process.off('exit', leave).off('uncaughtExceptionMonitor', leave)
      output.off('resize', this.#onResize)
    })
    this.enter()
  }

  get size(): ScreenSize {
    const { columns, rows } = this.#options.output
    return { columns: columns || USUAL.columns, rows: rows || USUAL.rows }
  }

  /** Takes the terminal; not after the end, when it belongs to others. */
  enter(): void {
    if (this.#isOpen || this.#isDisposed) return
    this.#isOpen = true
    this.#painted = []
    this.#options.input.setRawMode(true)
    this.#write(ENTER)
  }

  /** Gives the terminal back; may be called at any time and more than once. */
  leave(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#write(LEAVE)
    if (!this.#options.input.destroyed) this.#options.input.setRawMode(false)
  }

  /** Shows these lines, from the top. None may be wider than the screen. */
  paint(lines: readonly string[]): void {
    if (!this.#isOpen) return
    const { rows } = this.size
    const next = Array.from({ length: rows }, (_, row) => lines[row] ?? '')
    // Cleared first: behind a line that fills the row, the cursor is still on its last letter, which would be cleared too.
    const changes = next.flatMap((line, row) => (line === this.#painted[row] ? [] : [`\u001b[${row + 1};1H\u001b[K${line}\u001b[0m`]))
    this.#painted = next
    if (changes.length > 0) this.#write(BEGIN + changes.join('') + END)
  }

  /** Paints everything the next time, whatever is on the terminal. */
  forget(): void {
    this.#painted = []
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    this.leave()
    for (const restore of this.#restores) restore()
  }

  readonly #onResize = (): void => {
    this.forget()
    this.#options.onResize()
  }

  /** While the screen is open, text of others goes to `onForeignText`. */
  #divert(stream: NodeJS.WriteStream): void {
    const { write } = stream
    const original = write.bind(stream) as Write
    stream.write = ((chunk: string | Uint8Array, encoding?: unknown, onWritten?: unknown): boolean => {
      if (!this.#isOpen) return original(chunk, encoding as BufferEncoding, onWritten as () => void)
      this.#options.onForeignText(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
      const done = typeof encoding === 'function' ? encoding : onWritten
      if (typeof done === 'function') process.nextTick(done as () => void)
      return true
    }) as Write
    this.#restores.push(() => {
      stream.write = write
    })
  }
}
