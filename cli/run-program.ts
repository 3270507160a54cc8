// The program `vivarium` behind its entry: reads the command line, runs one command, and turns whatever happens into text and an exit code.
import { type Command, CommanderError } from 'commander'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { isThere } from './is-there.ts'
import { createProgram } from './program.ts'
import { exitCodeOf, reportError } from './report-error.ts'
import { noteReaderGone } from './terminal.ts'
import { UsageError } from './usage-error.ts'

// A reader that has seen enough, as `head` does, closes the pipe. Whoever still writes finds out on its own: see terminal.ts.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') noteReaderGone()
  else endUnheard(code)
})
process.stderr.on('error', () => undefined) // there is nobody left to tell

/** Runs the program; resolves with its exit code. */
export async function runProgram(args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok
  const program = createProgram((ended) => {
    code = ended
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    // Help and version end with an exception too.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok
    const command = program.commands.find((known) => known.name() === args[0])
    const told = error instanceof CommanderError ? usageErrorOf(error, command) : error
    reportError(told, { json: args.includes('--json'), verbose: args.includes('--verbose') })
    return exitCodeOf(told)
  }
}

/** Commander's messages start with "error: " and may have a suggestion on a line of its own. */
function usageErrorOf({ message, code }: CommanderError, command: Command | undefined): UsageError {
  const [what = '', ...suggestions] = message.replace(/^error: /, '').split('\n')
  if (code === 'commander.excessArguments') suggestions.push(...meantAsDirectory(command))
  const hint = [...suggestions, `"vivarium ${command === undefined ? '' : `${command.name()} `}--help" has examples.`].join('\n')
  return new UsageError(what, { hint })
}

/** People write the directory behind the command, as other programs take it. */
function meantAsDirectory(command: Command | undefined): string[] {
  if (!command?.options.some(({ long }) => long === '--dir')) return []
  const directory = command.args.slice(command.registeredArguments.length).find((path) => isThere(path, 'directory'))
  return directory === undefined ? [] : [`Did you mean --dir ${JSON.stringify(directory)}? The scripts directory is an option.`]
}

/** Results that cannot be written, on a full disk for example, are no results. */
function endUnheard(code = 'unknown error'): never {
  process.stderr.write(`error: Standard output cannot be written: ${code}.\n`)
  process.exit(EXIT.cannotStart)
}
