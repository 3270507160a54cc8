// Numbers of a million bits and more, written in decimals: one call of native code, which looks at no limit.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'printing big integers costs what the limit allows, and the runner where it must',
  threat: 'engine-limit',
  source: script(
    ts`(event: any) => { const n = 2n ** BigInt(event.bits); let digits = 0; for (let i = 0; i < 1000; i++) digits += (n + BigInt(i)).toString().length; return digits }`,
  ),
  payloads: [{ bits: 1_000_000 }, { bits: 30_000_000 }],
  policy: { limits: { memory: '64MiB' } },
  isAlone: true,
  isMeasured: true,
  skip: { inline: 'nothing can end native work on the host’s own thread' },
  expect: [{ status: 'cpu_exceeded' }, { status: 'exception', check: tooLarge }],
  otherwise: {
    v8: {
      reason: 'V8 has integers of up to a thousand million bits, QuickJS of up to a million',
      expect: [{ status: 'cpu_exceeded' }, { status: 'cpu_exceeded' }],
    },
  },
} satisfies Attack

function tooLarge({ error }: { readonly error?: { readonly name: string } | undefined }): void {
  if (error?.name !== 'RangeError') throw new Error(`${error?.name}`)
}
