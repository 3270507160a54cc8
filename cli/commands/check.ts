// `vivarium check`: the command's words.
import { type Command, Option } from 'commander'
import type { CheckOptions } from '../check-scripts.ts'
import { addCommonOptions } from '../common-options.ts'
import type { OnEnd } from '../program.ts'

const HELP = `
Reads the policy, then bundles and loads every script as an application would: what does not parse, imports what it may not, throws at its top
level, exports something else than handlers or needs what the policy does not grant is shown with its place and what to do. Then types are checked, by
TypeScript 7, against the events and bindings of your application (vivarium.config.ts, or --host). No handler runs.

Schedules ("every") are listed with their next run; they run in the application only.

Examples:
  $ vivarium check
  $ vivarium check --dir plugins --policy config/policy.yaml
  $ vivarium check --watch                    looks again whenever something is saved
  $ vivarium check --json | jq '.scripts[] | select(.status != "ready") | .id'
  $ vivarium check --format sarif > vivarium.sarif
`

/** Adds the command. */
export function addCheckCommand(program: Command, onEnd: OnEnd): void {
  addCommonOptions(program.command('check'))
    .description('load every script, read the policy and check types; say all that is wrong')
    .option('--watch', 'look again whenever something changes')
    .option('--no-types', 'do not check types')
    .addOption(
      new Option('--format <format>', 'how findings are printed: for people, for programs, for tools of code review').choices([
        'text',
        'json',
        'sarif',
      ]),
    )
    .addHelpText('after', HELP)
    .action(async (options: CheckOptions) => onEnd(await (await import('../check-scripts.ts')).checkScripts(options)))
}
