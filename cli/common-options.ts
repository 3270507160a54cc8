// The options that every command which starts an engine has.
import type { Command } from 'commander'

/** Where the scripts are, what holds for them, and how to tell what comes of it. */
export interface CommonOptions {
  readonly dir?: string
  readonly policy?: string
  readonly host?: string
  readonly json?: true
  readonly verbose?: true
}

/** Adds them to a command. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--dir <dir>', 'the scripts directory (default: ./scripts where there is one, else .)')
    .option('--policy <file>', 'the policy (default: policy.yaml in the scripts directory, where there is one)')
    .option(
      '--host <file>',
      'a module that exports the events and bindings of your application (default: vivarium.config.ts, where there is one)',
    )
    .option('--json', 'print JSON, for programs')
    .option('--verbose', 'print stacks with errors of vivarium itself')
    .helpOption('-h, --help', 'this text')
}
