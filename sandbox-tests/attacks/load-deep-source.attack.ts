// Source that nests deeper than any parser's stack.
import type { Attack } from './attack.ts'

export const attack = {
  title: 'source that nests without end fails the load',
  threat: 'load',
  source: `export default () => ${'['.repeat(20000)}${']'.repeat(20000)}`,
  skip: { inline: 'a deep stack of the host’s own thread is the host’s' },
  load: { code: 'LOAD_EXCEPTION', message: /stack/ },
  expect: { status: 'load_failed' },
} satisfies Attack
