// `vivarium init`: the command's words.
import { type Command, Option } from 'commander'
import type { InitOptions } from '../init-directory.ts'
import type { OnEnd } from '../program.ts'

const HELP = `
Writes a script that works at once, its test, a policy with comments, its schema for your editor, a tsconfig.json, an example event and a .gitignore.
Nothing that exists is touched without --force.

On a terminal you are asked three questions: where, which script first, and what scripts are to run on. What you say with the command is not asked.
Where your application says which events it has, the script handles one of them.

Examples:
  $ vivarium init                             asks
  $ vivarium init --yes                       in this directory, and asks nothing
  $ vivarium init scripts --template webhook --runtime quickjs
  $ vivarium init scripts --force             writes its files again, over yours
`

/** Adds the command. */
export function addInitCommand(program: Command, onEnd: OnEnd): void {
  program
    .command('init')
    .argument('[dir]', 'the directory, made where it is missing')
    .description('write a small scripts directory to start from')
    .option('--template <template>', 'what the first script is to be; "vivarium new" lists them (default: hello)')
    .addOption(new Option('--runtime <runtime>', 'what scripts are to run on (default: quickjs)').choices(['quickjs', 'v8']))
    .option('--yes', 'ask nothing: what was not said is as usual')
    .option('--force', 'overwrite files that exist')
    .option('--json', 'print JSON, for programs')
    .option('--verbose', 'print stacks with errors of vivarium itself')
    .helpOption('-h, --help', 'this text')
    .addHelpText('after', HELP)
    .action(async (directory: string | undefined, options: InitOptions) =>
      onEnd(await (await import('../init-directory.ts')).initDirectory(directory, options)),
    )
}
