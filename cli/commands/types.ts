// `vivarium types`: the command's words.
import type { Command } from 'commander'
import { addCommonOptions } from '../common-options.ts'
import type { OnEnd } from '../program.ts'
import type { TypesOptions } from '../write-types.ts'

const HELP = `
Writes .vivarium/env.d.ts into the scripts directory: the types of your application's events, of the bindings that the policy grants, and of what else the sandbox
has; and a strict tsconfig.json where there is none. Editors then know what ctx and the payloads are, and "vivarium check" says the same as they do.

Events and bindings come from your application's host module: vivarium.config.ts, or --host. The first line of env.d.ts is a hash: when it is no longer right,
"check" and the application's log say so. An application can write the file itself: createEngine({ types: true }).

Examples:
  $ vivarium types
  $ vivarium types --dir scripts --host src/scripting.ts
  $ vivarium types --check                    for continuous integration: ends with 1 when the file is out of date
  $ vivarium types --print | less
`

/** Adds the command. */
export function addTypesCommand(program: Command, onEnd: OnEnd): void {
  addCommonOptions(program.command('types'))
    .description("write the types of your application's events and bindings, for editors")
    .option('--check', 'write nothing; say whether the file is out of date')
    .option('--print', 'write nothing; print the text')
    .addHelpText('after', HELP)
    .action(async (options: TypesOptions) => onEnd(await (await import('../write-types.ts')).writeTypes(options)))
}
