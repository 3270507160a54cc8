// Questions to the person at the terminal. Where there is no terminal, nothing is ever asked.
import { createInterface, type Interface } from 'node:readline/promises'
import { safeLine } from './safe-text.ts'
import { paint } from './terminal.ts'

/** The person does not want to go on: Ctrl+C, or Ctrl+D. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned'
}

/** One of several answers. */
export interface Option {
  readonly name: string
  readonly description: string
}

/** Whether somebody can be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY
}

/** Asks on the terminal. Whoever opens it disposes it. */
export class Questions implements Disposable {
  readonly #lines: Interface = createInterface({ input: process.stdin, output: process.stdout })
  readonly #closed = new AbortController()

  constructor() {
    this.#lines.once('SIGINT', () => this.#lines.close())
    this.#lines.once('close', () => this.#closed.abort())
  }

  /** Asks for a text; an empty one stands for `usual`. Throws {@link Abandoned}. */
  async ask(question: string, usual: string): Promise<string> {
    const text = (await this.#line(`${question} ${paint('dim', `[${usual}]`)} `)).trim()
    return text === '' ? usual : text
  }

  /** Asks for one of several, by name or number; an empty answer stands for the first. Asks again until it is one of them. Throws {@link Abandoned}. */
  async choose(question: string, options: readonly Option[]): Promise<string> {
    const width = Math.max(...options.map(({ name }) => name.length))
    const list = options.map(
      ({ name, description }, index) => `  ${index + 1} ${paint('bold', name.padEnd(width))}  ${paint('dim', description)}`,
    )
    process.stdout.write(`${question}\n${list.join('\n')}\n`)
    for (;;) {
      const answer = await this.ask('Number or name', options[0]?.name ?? '')
      const chosen = options.find(({ name }) => name === answer) ?? (/^\d+$/.test(answer) ? options[Number(answer) - 1] : undefined)
      if (chosen !== undefined) return chosen.name
      process.stdout.write(`There is no ${safeLine(JSON.stringify(answer))} in the list.\n`)
    }
  }

  /** Asks for yes or no; an empty answer is a yes. Throws {@link Abandoned}. */
  async agree(question: string): Promise<boolean> {
    return !/^n/i.test((await this.#line(`${question} ${paint('dim', '[Y/n]')} `)).trim())
  }

  [Symbol.dispose](): void {
    this.#lines.close()
  }

  async #line(prompt: string): Promise<string> {
    try {
      return await this.#lines.question(prompt, { signal: this.#closed.signal })
    } catch {
      process.stdout.write('\n')
      throw new Abandoned()
    }
  }
}
