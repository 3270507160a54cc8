// Runs the same snippet in Node and in the sandbox and demands the same value.
import { isDeepStrictEqual } from 'node:util'
import * as assert from 'uvu/assert'
import { type GuestScript, loadGuest } from './guest-realm.ts'

/** In the scope of every snippet: what a function returns, or the name of what it throws (and its code, where that is a DOMException). */
const PRELUDE = `const attempt = (run) => {
  try { return run() } catch (error) { return { threw: error.name, ...(error instanceof DOMException ? { code: error.code } : {}) } }
}`

/** A snippet that is ready to be compared. */
export interface Comparison {
  /** Compares for one payload (\`event\` in the snippet). */
  check(payload?: unknown): Promise<void>
}

/** Loads a snippet, the body of an async function. `touches` are made before it. */
export function comparison(body: string, touches: readonly string[] = []): Comparison {
  const guest: GuestScript = loadGuest(`${PRELUDE}\n${body}`, { touches })
  const node = new Function('event', `return (async () => { ${PRELUDE}\n${body}\n })()`) as (event: unknown) => Promise<unknown>
  return {
    async check(payload) {
      const end = guest.run(payload)
      const expected = await node(payload)
      if (end.status === 'ok' && isDeepStrictEqual(end.value, expected)) return
      assert.equal(end.status === 'ok' ? end.value : end, expected, `${body}\nwith ${JSON.stringify(payload)}`)
      assert.unreachable(`${body}: differs in what a plain comparison does not show`)
    },
  }
}

/** Compares each of some expressions. */
export async function sameInNode(expressions: readonly string[]): Promise<void> {
  const list = expressions.map((expression) => `() => (${expression})`).join(',\n')
  const { check } = comparison(`return attempt([${list}][event])`)
  for (const [index, expression] of expressions.entries()) {
    await check(index).catch((error: { details?: string }) => assert.unreachable(`${expression}\n${error.details}`))
  }
}
