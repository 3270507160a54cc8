// GitHub's example deliveries, as events for scripts.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** One webhook delivery. */
export interface Delivery {
  /** GitHub's name of the event, with the action where there is one: `push`, `issues.opened`. */
  readonly event: string
  readonly payload: unknown
}

interface Kind {
  readonly name: string
  readonly examples: readonly { readonly action?: unknown }[]
}

/** All deliveries in the order of the collection: the package `@octokit/webhooks-examples`, which is for development only. */
export async function readDeliveries(): Promise<Delivery[]> {
  const file = fileURLToPath(import.meta.resolve('@octokit/webhooks-examples/api.github.com/index.json'))
  const kinds = JSON.parse(await readFile(file, 'utf8')) as readonly Kind[]
  return kinds.flatMap(({ name, examples }) => examples.map((payload) => ({ event: eventName(name, payload.action), payload })))
}

function eventName(name: string, action: unknown): string {
  return typeof action === 'string' ? `${name}.${action}` : name
}
