// Characters that break lines, terminals, C strings and the engine's own framing.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'an entry holds what was written, and stays one entry',
  threat: 'log',
  source: script(ts`(_event: any, ctx: any) => {
  const text = '\u0000\n\r\u001b[2J\u202e\u2028"]\n1"forged"\n!{"x":1}\ud800' + String.fromCharCode(...Array.from({ length: 32 }, (_, i) => i))
  ctx.log.info(text, { [text]: text })
  console.log(text)
  return text
}`),
  expect: {
    status: 'ok',
    check: ({ logs, value }) => {
      if (
        logs.length !== 2 ||
        logs[0]?.message !== value ||
        logs[1]?.message !== value ||
        Object.values(logs[0]?.data as object)[0] !== value
      )
        throw new Error(JSON.stringify(logs))
    },
  },
} satisfies Attack
