// `vivarium init`: the command's words.
import type { Command } from 'commander'
import type { InitOptions } from '../init-directory.ts'
import type { OnEnd } from '../program.ts'

const HELP = `
Writes a script that works at once, a policy with comments, its schema for your editor, a tsconfig.json, an example payload and a .gitignore.
Nothing that exists is touched without --force.

Examples:
  $ vivarium init                             in this directory
  $ vivarium init scripts                     in ./scripts, where the other commands look first
  $ vivarium init scripts --force             writes its files again, over yours
`

/** Adds the command. */
export function addInitCommand(program: Command, onEnd: OnEnd): void {
  program
    .command('init')
    .argument('[dir]', 'the directory, made where it is missing', '.')
    .description('write a small scripts directory to start from')
    .option('--force', 'overwrite files that exist')
    .option('--json', 'print JSON, for programs')
    .option('--verbose', 'print stacks with errors of vivarium itself')
    .helpOption('-h, --help', 'this text')
    .addHelpText('after', HELP)
    .action(async (directory: string, options: InitOptions) =>
      onEnd(await (await import('../init-directory.ts')).initDirectory(directory, options)),
    )
}
