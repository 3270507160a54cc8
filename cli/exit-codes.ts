// What the program ends with. The help text and docs/cli.md tell the same table.

/** Exit codes by their meaning. */
export const EXIT = Object.freeze({ ok: 0, problems: 1, usage: 2, cannotStart: 3, interrupted: 130, terminated: 143 } as const)

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Exit code → what it says, for help and docs. */
export const EXIT_MEANINGS: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [EXIT.ok, 'everything went well'],
  [EXIT.problems, 'an outcome is not ok, a script could not be loaded, a test failed, or check found a problem'],
  [EXIT.usage, 'the command line or the event data is wrong: an unknown option, a missing file, broken JSON'],
  [EXIT.cannotStart, 'the engine could not start: the policy is invalid, the scripts directory is missing'],
  [EXIT.interrupted, 'ended by Ctrl+C (143 when by SIGTERM)'],
]
