// Names of fields are part of the sentence that says why a result was refused.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'the sentence of a refusal is short and printable, whatever the fields are called',
  threat: 'result-kind',
  source: script(ts`() => ({ ['\u202e\u001b[2J\n' + 'k'.repeat(40000)]: { ['x'.repeat(40000)]: { ['y'.repeat(40000)]: () => 1 } } })`),
  policy: { limits: { cpu: '2s' } },
  expect: {
    status: 'exception',
    code: 'RESULT_NOT_PLAIN',
    check: ({ error }) => {
      const message = error?.message ?? ''
      if (message.length > 5000 || message.includes('\u001b') || message.includes('\u202e')) throw new Error(message.slice(0, 500))
    },
  },
} satisfies Attack
