// Writes the marks that the description of a manifest uses for functions.
import type { Attack } from './attack.ts'

export const attack = {
  title: 'a forged mark in the manifest gains no handler',
  threat: 'load',
  source: `export default { on: { attack: { $: 'function' } } }`,
  act: async ({ fire }) => [await fire()],
  noReturn: 'it has no other handler',
  expect: {
    status: 'exception',
    code: 'EXCEPTION',
    check: ({ error }) => {
      if (!/no handler/.test(error?.message ?? '')) throw new Error(error?.message)
    },
  },
} satisfies Attack
