// Ctrl+C and SIGTERM: the first asks for an orderly end, the second ends at once.
import { EXIT, type ExitCode } from './exit-codes.ts'

/** Watches for signals until it is disposed. */
export interface Interruption extends Disposable {
  /** Aborted at the first signal. */
  readonly signal: AbortSignal
  /** The exit code that the signal calls for; undefined while there was none. */
  readonly code: ExitCode | undefined
}

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const

/** Starts watching. */
export function watchInterruption(): Interruption {
  const controller = new AbortController()
  let code: ExitCode | undefined
  const onSignal = (name: NodeJS.Signals): void => {
    const wanted = SIGNALS[name as keyof typeof SIGNALS]
    if (code !== undefined) process.exit(wanted)
    code = wanted
    controller.abort(name === 'SIGINT' ? 'Ctrl+C' : name)
  }
  for (const name of Object.keys(SIGNALS)) process.on(name, onSignal)
  return {
    signal: controller.signal,
    get code() {
      return code
    },
    [Symbol.dispose]: () => {
      for (const name of Object.keys(SIGNALS)) process.off(name, onSignal)
    },
  }
}
