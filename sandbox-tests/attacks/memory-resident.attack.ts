// Memory that an engine takes before it looks at its limit: lists of arguments, caught failures, doubling texts.
import { listChildRunners, lookAt } from '../harness/child-runners.ts'
import { type Attack, script, ts } from './attack.ts'

/** What the process of a runner may occupy, all told. V8 has its lists of arguments before it looks, and the host looks at the process now and then. */
const MOST_MIB = { quickjs: 400, v8: 1_000 }

const FULL = Array.from({ length: 4 }, () => ({ status: 'memory_exceeded' }) as const)

export const attack = {
  title: 'the process of a runner stays small, whatever memory a script asks for',
  threat: 'memory',
  source: script(ts`(event: any) => {
  const all: any[] = []
  const ways: any = {
    arguments: () => Math.max.apply(null, { length: 5e7 } as any),
    spread: () => String.fromCharCode(...Array.from({ length: 1e7 }, () => 65)),
    retry: () => { for (;;) { try { for (;;) all.push(new Array(1e5).fill(all.length)) } catch { all.length = Math.floor(all.length / 2) } } },
    text: () => { let text = 'ab'; for (;;) { text = text + text; all.push(text.split('').length) } },
    pad: () => { for (;;) all.push('x'.padEnd(5e6, String(all.length)).toUpperCase().normalize('NFD')) },
  }
  return ways[event.kind]()
}`),
  policy: { limits: { cpu: '9s' } },
  isAlone: true,
  growthMiB: 200,
  act: async ({ fire, combination }) => {
    const outcomes = []
    for (const kind of ['arguments', 'spread', 'retry', 'text', 'pad']) {
      outcomes.push(await fire({ kind }))
      if (combination.placement !== 'process' || process.platform !== 'linux') continue
      const peak = Math.max(0, ...listChildRunners().map((pid) => lookAt(pid).peakMiB))
      if (peak > MOST_MIB[combination.runtime]) throw new Error(`${kind}: a runner had ${Math.round(peak)} MiB`)
    }
    return outcomes
  },
  expect: [{ status: 'exception', check: isRangeError }, ...FULL],
  otherwise: {
    v8: {
      reason:
        'V8 lays out the arguments of a call on its stack, QuickJS refuses more than 65,534; meanwhile the process may have grown beyond measure',
      expect: [{ status: 'stack_exceeded', orStatus: 'memory_exceeded' }, ...FULL],
    },
  },
} satisfies Attack

function isRangeError({ error }: { readonly error?: { readonly name: string } | undefined }): void {
  if (error?.name !== 'RangeError') throw new Error(`${error?.name}`)
}
