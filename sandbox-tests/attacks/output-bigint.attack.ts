// A number of 200,000 hexadecimal digits: quick to write, and must be quick to read for the host.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a big integer that fits costs the host no time',
  threat: 'output',
  source: script(ts`() => 3n ** 480000n`),
  policy: { limits: { cpu: '5s' } },
  expect: {
    status: 'ok',
    check: ({ value, usage }) => {
      if (typeof value !== 'bigint' || usage.outputBytes < 150_000) throw new Error(typeof value)
    },
  },
} satisfies Attack
