// `vivarium debug`: the command's words.
import { type Command, InvalidArgumentError } from 'commander'
import { addCommonOptions, addGivenOptions } from '../common-options.ts'
import type { DebugOptions } from '../debug-script.ts'
import type { OnEnd } from '../program.ts'

const HELP = `
Runs SCRIPT once for EVENT, on V8, and waits for a debugger: Chrome's DevTools, or an editor that speaks their protocol. You set breakpoints in the TypeScript, and
step, look at variables and evaluate expressions inside the sandbox. Whatever runtime the policy gives the script, grants and bindings are real, and so are the limits
of memory and host calls; time is not limited.

The debugger attaches to the loopback address, with a token in its path that changes each time. When it leaves, the run goes on without it.

A schedule is an event too: "every " and its key. Without data, its handler is given a tick of this moment; any other event is given {}.

Examples:
  $ vivarium debug hello hello --data fixtures/hello.json
  $ vivarium debug deploy-log push --data push.json --port 9229
  $ vivarium debug cleanup 'every 5m'
`

/** Adds the command. */
export function addDebugCommand(program: Command, onEnd: OnEnd): void {
  const command = program
    .command('debug')
    .argument('<script>', 'the id of the script')
    .argument('<event>', 'the name of the event: what the script has under "on", or "every " and a schedule')
    .description('run one event under a debugger')
    .option('--data <file>', 'JSON of the payload; - for standard input')
    .option('--port <n>', 'the port for the debugger; 0 takes a free one', readPort, 0)
  addCommonOptions(addGivenOptions(command))
    .addHelpText('after', HELP)
    .action(async (script: string, event: string, options: DebugOptions) =>
      onEnd(await (await import('../debug-script.ts')).debugScript(script, event, options)),
    )
}

function readPort(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new InvalidArgumentError('Write a whole number from 0 to 65535.')
}
