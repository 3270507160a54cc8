// `vivarium check`: the command's words.
import type { Command } from 'commander'
import type { CheckOptions } from '../check-scripts.ts'
import { addCommonOptions } from '../common-options.ts'
import type { OnEnd } from '../program.ts'

const HELP = `
Reads the policy, then bundles and loads every script as an application would: what does not parse, imports what it may not, throws at its top
level, exports something else than handlers or needs what the policy does not grant is shown with its place and what to do. No handler runs.

Types are not checked by this version. Schedules ("every") are listed with their next run; they run in the application only.

Examples:
  $ vivarium check
  $ vivarium check --dir plugins --policy config/policy.yaml
  $ vivarium check --json | jq '.scripts[] | select(.status != "ready") | .id'
`

/** Adds the command. */
export function addCheckCommand(program: Command, onEnd: OnEnd): void {
  addCommonOptions(program.command('check'))
    .description('load every script and read the policy; say all that is wrong')
    .addHelpText('after', HELP)
    .action(async (options: CheckOptions) => onEnd(await (await import('../check-scripts.ts')).checkScripts(options)))
}
