// The commands and the help that all of them share.
import { Command } from 'commander'
import { didYouMean } from '../engine/errors/did-you-mean.ts'
import { addCheckCommand } from './commands/check.ts'
import { addDebugCommand } from './commands/debug.ts'
import { addDevCommand } from './commands/dev.ts'
import { addExplainCommand } from './commands/explain.ts'
import { addInitCommand } from './commands/init.ts'
import { addNewCommand } from './commands/new.ts'
import { addRunCommand } from './commands/run.ts'
import { addTestCommand } from './commands/test.ts'
import { addTypesCommand } from './commands/types.ts'
import { EXIT_MEANINGS, type ExitCode } from './exit-codes.ts'
import { readVersion } from './read-version.ts'
import { UsageError } from './usage-error.ts'

/** Told the exit code of the command that ran. */
export type OnEnd = (code: ExitCode) => void

const PURPOSE = `Runs your users' TypeScript: a brand-new sandbox for every event, limits on everything, and only the host functions that a policy grants.`

const GUIDE = `
Start here:
  $ vivarium init my-scripts                  a script, a policy and what your editor needs
  $ cd my-scripts
  $ vivarium check                            does everything load, is everything granted?
  $ vivarium test                             does it do what its test says?
  $ vivarium run hello --data fixtures/hello.json
  $ vivarium dev                              edit, save, see what happens

"vivarium COMMAND --help" has examples of each command.

Exit codes:
${EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`).join('\n')}
`

/** Makes the program. Whoever calls it parses the arguments; mistakes in them are thrown. */
export function createProgram(onEnd: OnEnd): Command {
  const program = new Command('vivarium')
    .description(PURPOSE)
    .version(readVersion(), '-v, --version', 'the version of vivarium')
    .helpOption('-h, --help', 'this text')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: () => undefined }) // errors are told in one place: report-error.ts
    .addHelpText('after', GUIDE)
  addRunCommand(program, onEnd)
  addCheckCommand(program, onEnd)
  addDebugCommand(program, onEnd)
  addDevCommand(program, onEnd)
  addExplainCommand(program, onEnd)
  addInitCommand(program, onEnd)
  addNewCommand(program, onEnd)
  addTestCommand(program, onEnd)
  addTypesCommand(program, onEnd)
  // Whatever is no command ends up here.
  program
    .argument('[command]')
    .usage('COMMAND [options]')
    .allowUnknownOption()
    .allowExcessArguments()
    .action((word: string | undefined) => refuse(program, word))
  return program
}

function refuse(program: Command, word: string | undefined): never {
  const names = program.commands.map((command) => command.name())
  const list = `There are ${names.slice(0, -1).join(', ')} and ${names.at(-1)}; "vivarium --help" says what they do.`
  if (word === undefined) throw new UsageError('Say which command to run.', { hint: list })
  if (word.startsWith('-'))
    throw new UsageError(`There is no option ${JSON.stringify(word)} in front of a command; options stand behind it.`, { hint: list })
  throw new UsageError(`There is no command ${JSON.stringify(word)}.`, { hint: `${didYouMean(word, names).trim()}\n${list}`.trim() })
}
