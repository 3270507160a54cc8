// `vivarium test`: the command's words.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { readQuantity } from '../../engine/policy/units.ts'
import { addCommonOptions } from '../common-options.ts'
import type { OnEnd } from '../program.ts'
import type { TestOptions } from '../test-scripts.ts'

const HELP = `
Runs every *.test.ts of the scripts directory, or those that FILES name. Each test has a sandbox of its own, and so has each script that it runs: with the runtime,
grants and limits that the policy gives it. What a script calls is answered by the test's fakes; docs/testing-scripts.md shows how tests are written.

Examples:
  $ vivarium test
  $ vivarium test hello --name "says hello"
  $ vivarium test scripts/reports/weekly.test.ts --runtime v8
  $ vivarium test --json | jq '.files[].tests[] | select(.status == "failed")'
`

/** Adds the command. */
export function addTestCommand(program: Command, onEnd: OnEnd): void {
  const command = program
    .command('test')
    .argument('[files...]', 'test files, or parts of their paths')
    .description("run the scripts' own tests in sandboxes")
    .option('--name <text>', 'only tests with this text in their names')
    .addOption(new Option('--runtime <runtime>', 'run scripts on quickjs or v8, whatever the policy chooses').choices(['quickjs', 'v8']))
    .option('--timeout <time>', 'the most time that one test may take', readTime, '30s')
    .option('--watch', 'run tests again when something changes that they are made of, until Ctrl+C')
    .option('--coverage', 'tell which lines of the scripts the tests reach')
    .option('--lcov <file>', 'write that to a file in the format lcov, too')
  addCommonOptions(command)
    .addHelpText('after', HELP)
    .action(async (files: readonly string[], options: TestOptions) =>
      onEnd(await (await import('../test-scripts.ts')).testScripts(files, options)),
    )
}

function readTime(text: string): string {
  const reading = readQuantity('ms', text)
  if (reading.ok && reading.value >= 1 && reading.value <= 300_000) return text
  throw new InvalidArgumentError('Write a time from 1ms to 300s, with its unit: "500ms", "10s".')
}
