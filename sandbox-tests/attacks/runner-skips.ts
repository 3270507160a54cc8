// Why attacks on child processes are not tried elsewhere.
import type { ByCombination } from '../harness/combinations.ts'

const LINUX_ONLY = 'what is looked for is in /proc, which this system has not'

/** For attacks that need a process to attack. */
export const NO_PROCESS: ByCombination<string> = {
  inline: 'there is no child process: it is the host’s own',
  thread: 'there is no child process: a thread dies with the host’s own',
  ...(process.platform === 'linux' ? {} : { process: LINUX_ONLY }),
}
