// `vivarium run`: the command's words.
import { type Command, InvalidArgumentError } from 'commander'
import { addCommonOptions, addGivenOptions } from '../common-options.ts'
import type { OnEnd } from '../program.ts'
import type { RunOptions } from '../run-events.ts'

const MOST_AT_ONCE = 256

const HELP = `
Every script that handles EVENT runs once for each payload, in a sandbox of its own. You see what each returned and logged, what it cost, and
where it failed.

The data is one JSON document, or newline-delimited JSON: one payload a line, as they come, with the output in the same order. Without --data,
payloads are read from a pipe; where there is none, or nothing comes through it, the payload is {}.

A schedule is an event too: "every " and its key. Without data, its handler is given a tick of this moment.

Examples:
  $ vivarium run hello --data fixtures/hello.json
  $ vivarium run order.created --data orders.ndjson --dir scripts --kv state.sqlite
  $ vivarium run push --data push.json --files reports=./reports --secret HOOK_TOKEN
  $ echo '{ "name": "Ada" }' | vivarium run hello
  $ vivarium run 'every 5m'
  $ tail -f events.ndjson | vivarium run login --data - --json | jq .outcomes

With --json, each payload gives one line, { "event": …, "outcomes": [ … ] }; docs/cli.md has the fields.
`

/** Adds the command. */
export function addRunCommand(program: Command, onEnd: OnEnd): void {
  const command = program
    .command('run')
    .argument('<event>', 'the name of the event: what scripts have under "on", or "every " and a schedule')
    .description('run the scripts that handle an event')
    .option('--data <file>', 'JSON or newline-delimited JSON; - for standard input')
    .option('--concurrency <n>', 'payloads under way at the same time; 1 for one after another', readCount, 8)
  addCommonOptions(addGivenOptions(command))
    .addHelpText('after', HELP)
    .action(async (event: string, options: RunOptions) => onEnd(await (await import('../run-events.ts')).runEvents(event, options)))
}

function readCount(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= MOST_AT_ONCE) return count
  throw new InvalidArgumentError(`Write a whole number from 1 to ${MOST_AT_ONCE}.`)
}
