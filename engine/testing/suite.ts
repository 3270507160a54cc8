// The suite: what the bundle of a test file defines in place of a script. The host lists its tests, then runs each in a sandbox of its own.
import { misuse } from './misuse.ts'
import type { ListedTest, TestHost } from './protocol.ts'
import { closeDefinitions, defined } from './test.ts'

const held: { host: TestHost | undefined; readonly open: Set<Error> } = { host: undefined, open: new Set() }

/** Handlers for the host; nothing for tests to call. */
export const suite = {
  needs: { test: true },
  on: {
    list: (): readonly ListedTest[] => defined.map(({ path, mode }) => ({ path, mode })),
    run: async ({ index }: { readonly index: number }, ctx: { readonly test: TestHost }): Promise<void> => {
      held.host = ctx.test
      closeDefinitions()
      await defined[index]?.body()
      const [open] = held.open
      if (open === undefined) return
      open.message = 'This run is not over when its test is: write "await run(…)".'
      throw open
    },
  },
}

/** The host of the test that runs. Throws outside of one. */
export function testHost(asked: string): TestHost {
  if (held.host === undefined)
    throw misuse(
      `${asked} works inside a test only: write it into the function of test("…", async () => { … }), and run the file with "vivarium test".`,
    )
  return held.host
}

/** Keeps in mind where a run was started, until it is over. */
export async function whileOpen<T>(site: Error, work: () => Promise<T>): Promise<T> {
  held.open.add(site)
  try {
    return await work()
  } finally {
    held.open.delete(site)
  }
}
