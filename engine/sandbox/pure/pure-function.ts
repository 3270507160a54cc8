// What every pure function of the runner is.

/**
 * Computes an answer from untrusted JSON arguments: bounded in time by their size, without effect, from nothing but them.
 * Answers with a value that JSON can write, or undefined when it refuses. What it throws counts as a refusal.
 */
export type PureFunction = (args: readonly unknown[]) => unknown
