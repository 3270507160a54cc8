// `vivarium explain`: the command's words.
import type { Command } from 'commander'
import { addCommonOptions } from '../common-options.ts'
import type { ExplainOptions } from '../explain-script.ts'
import type { OnEnd } from '../program.ts'

const HELP = `
Shows what a script declares, what it was granted, and every setting that holds for it with the line of the policy that set it. SCRIPT is its id,
the path below the scripts directory without extension; the path of the file will do.

Examples:
  $ vivarium explain hello
  $ vivarium explain scripts/reports/weekly.ts
  $ vivarium explain hello --json | jq '.settings[] | select(.path == "limits.cpu")'
`

/** Adds the command. */
export function addExplainCommand(program: Command, onEnd: OnEnd): void {
  addCommonOptions(program.command('explain').argument('<script>', 'the script: "hello", "reports/weekly"'))
    .description('show what holds for a script, and which line of the policy says so')
    .addHelpText('after', HELP)
    .action(async (script: string, options: ExplainOptions) =>
      onEnd(await (await import('../explain-script.ts')).explainScript(script, options)),
    )
}
