// Colours, and output that waits for its reader. Colours are for terminals, and not where NO_COLOR is set.
import { once } from 'node:events'
import { styleText } from 'node:util'

/** The styles that output uses. */
export type Style = 'bold' | 'dim' | 'green' | 'inverse' | 'red' | 'yellow'

/** Styles text for a stream; plain where the stream takes no colours. */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return text === '' ? '' : styleText(style, text, { stream })
}

/** `process.stdout` forgets its error once it has told of it. */
let isReaderLost = false

/** Notes for {@link isReaderGone} that a write found nobody at the other end. */
export function noteReaderGone(): void {
  isReaderLost = true
}

/** Whether whoever read standard output is gone, as `head` goes when it has seen enough. */
export function isReaderGone(): boolean {
  return isReaderLost || process.stdout.destroyed || process.stdout.errored !== null
}

/** Writes a line to standard output; resolves when there is room for more, or nobody left to read it. */
export async function printLine(text: string): Promise<void> {
  if (isReaderGone() || process.stdout.write(`${text}\n`)) return
  await once(process.stdout, 'drain').catch(() => undefined) // told by isReaderGone
}

/** Writes a line to standard error: what a reader of the results does not wait for. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`)
}
