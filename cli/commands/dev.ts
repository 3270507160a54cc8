// `vivarium dev`: the command's words.
import { type Command, InvalidArgumentError } from 'commander'
import { addCommonOptions, addGivenOptions } from '../common-options.ts'
import { LEVELS } from '../dev/log-tail.ts'
import type { DevOptions } from '../dev-scripts.ts'
import type { OnEnd } from '../program.ts'

const HELP = `
Loads the scripts and watches them: a script that you save is loaded anew at once, and one that has a mistake is shown with the code while its last
good version stays in force. You see every run and what scripts log.

Keys: f fires an event of fixtures/*.json at the selected script, r re-runs the last failure, o opens it, ? shows the others, q quits.

Where standard output is no terminal, everything is printed as it comes. Commands, one a line, are then read from a pipe: fire NAME [SCRIPT],
fire every SCHEDULE [SCRIPT] (a tick of it), again, rerun, quit.

Examples:
  $ vivarium dev
  $ vivarium dev --dir plugins --kv state.sqlite
  $ vivarium dev --files data=./data --secrets .env
  $ vivarium dev --level warn | tee dev.log
  $ printf 'fire hello\\nquit\\n' | vivarium dev --json | jq 'select(.kind == "run") | .outcome.status'
`

/** Adds the command. */
export function addDevCommand(program: Command, onEnd: OnEnd): void {
  const command = program
    .command('dev')
    .description('watch the scripts: reload on save, see runs and logs, fire events')
    .option('--script <script>', 'show only what this script logs')
    .option('--level <level>', `show only this level and worse: ${LEVELS.join(', ')}`, readLevel)
    .option('--text <text>', 'show only log lines with this text')
    .option('--no-types', 'look at no types')
    .option('--plain', 'print lines on a terminal too')
  addCommonOptions(addGivenOptions(command))
    .addHelpText('after', HELP)
    .action(async (options: DevOptions) => onEnd(await (await import('../dev-scripts.ts')).devScripts(options)))
}

function readLevel(text: string): string {
  if (LEVELS.some((level) => level === text)) return text
  throw new InvalidArgumentError(`There are ${LEVELS.join(', ')}.`)
}
