// The options that every command which starts an engine has, and those of the commands whose scripts call host functions.
import type { Command } from 'commander'
import type { GivenOptions } from './host-terms.ts'

/** Where the scripts are, what holds for them, and how to tell what comes of it. */
export interface CommonOptions {
  readonly dir?: string
  readonly policy?: string
  readonly host?: string
  readonly json?: true
  readonly verbose?: true
}

/** What commands that run scripts take beside. */
export interface RunningOptions extends CommonOptions, GivenOptions {}

/** Adds what scripts are given to a command that runs them. */
export function addGivenOptions(command: Command): Command {
  const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]
  return command
    .option('--kv <file>', 'keep what scripts store in ctx.kv in this SQLite file (default: in memory, gone at the end)')
    .option('--files <name=dir>', 'a folder for ctx.files; may be repeated (default: an empty one, gone at the end)', collect)
    .option('--secret <name>', 'take this secret from the environment; may be repeated', collect)
    .option('--secrets <file>', 'take secrets from the NAME=value lines of this file')
}

/** Adds them to a command. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--dir <dir>', 'the scripts directory (default: ./scripts where there is one, else .)')
    .option(
      '--policy <file>',
      'the policy (default: policy.yaml in the scripts directory, else beside one called scripts, where there is one)',
    )
    .option(
      '--host <file>',
      'a module that exports the events and bindings of your application (default: vivarium.config.ts, where there is one)',
    )
    .option('--json', 'print JSON, for programs')
    .option('--verbose', 'print stacks with errors of vivarium itself')
    .helpOption('-h, --help', 'this text')
}
