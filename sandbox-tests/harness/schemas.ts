// Schemas and promises that no library of ours makes.
/* oxlint-disable unicorn/no-thenable -- that is what it is about */
import type { StandardSchemaV1 } from '@standard-schema/spec'

/** A schema that answers with this, whatever it is asked. */
export function answering(answer: () => unknown): StandardSchemaV1 {
  return { '~standard': { version: 1, vendor: 'test', validate: answer as () => StandardSchemaV1.Result<unknown> } }
}

/** What passes for a promise without being one. */
export class Thenable {
  readonly #value: unknown

  constructor(value: unknown) {
    this.#value = value
  }

  // biome-ignore lint/suspicious/noThenProperty: that is what it is about
  then(resolve: (value: unknown) => void): void {
    resolve(this.#value)
  }
}
