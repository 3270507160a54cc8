// `vivarium new`: the command's words.
import type { Command } from 'commander'
import type { NewOptions } from '../new-script.ts'
import type { OnEnd } from '../program.ts'

const HELP = `
Writes a script from a template, its test and an example event. Without TEMPLATE, the templates are listed. What a script needs stands in it; where the
policy does not grant that yet, you are asked whether to add it, and where nobody can be asked, the lines are shown. Where your application says
which events it has, the script handles one of them.

Examples:
  $ vivarium new                              the templates
  $ vivarium new counter                      page-views.ts, page-views.test.ts, fixtures/page.viewed.json
  $ vivarium new event reports/weekly --event report.wanted
  $ vivarium new webhook --grant              and what it needs in policy.yaml
`

/** Adds the command. */
export function addNewCommand(program: Command, onEnd: OnEnd): void {
  program
    .command('new')
    .argument('[template]', 'what the script is to be; without it, the templates are listed')
    .argument('[script]', 'its id: "big-orders", "reports/weekly" (default: as the template has it)')
    .description('add a script from a template, with its test')
    .option('--event <event>', 'the event that it handles (default: as the template has it, or one of the application)')
    .option('--grant', 'add to the policy what the script needs')
    .option('--no-grant', 'leave the policy as it is')
    .option('--force', 'overwrite files that exist')
    .option('--dir <dir>', 'the scripts directory (default: ./scripts where there is one, else .)')
    .option('--policy <file>', 'the policy (default: policy.yaml in the scripts directory, else beside one called scripts)')
    .option('--json', 'print JSON, for programs; nothing is asked')
    .option('--verbose', 'print stacks with errors of vivarium itself')
    .helpOption('-h, --help', 'this text')
    .addHelpText('after', HELP)
    .action(async (template: string | undefined, script: string | undefined, options: NewOptions) =>
      onEnd(await (await import('../new-script.ts')).newScript(template, script, options)),
    )
}
