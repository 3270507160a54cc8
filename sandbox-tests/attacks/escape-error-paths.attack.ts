// Looks for the host in the stacks of every error that the engine and the bridge make.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'no error that a script can catch names the machine',
  threat: 'escape-error',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const stacks: string[] = []
  const tries = [() => null!.x, () => ctx.kv.get(() => 1), () => ctx.kv.get('x'.repeat(300000)), () => ctx.kv.get(1, 2, 3), () => ctx.kv.nothing(), () => setTimeout('x' as any), () => new URL('::'),
    () => JSON.parse('{'), () => structuredClone(() => 1), () => atob('*'), () => new TextDecoder('nope'), () => crypto.getRandomValues(1 as any), () => AbortSignal.timeout(-1),
    () => eval('1 +'), () => new Function('('), () => 1n + (1 as any), () => Symbol() + '', () => new Function('return import("fs")')(), () => queueMicrotask(1 as any), () => new Array(-1), () => 'x'.repeat(-1)]
  for (const attempt of tries) {
    try { await attempt() } catch (error: any) { stacks.push(String(error), String(error.stack), String(error.fileName), JSON.stringify(Object.getOwnPropertyDescriptors(error))) }
  }
  return stacks.join('\n')
}`,
    { needs: '{ kv: true }' },
  ),
  policy: { limits: { cpu: '1s' } },
  expect: {
    status: 'ok',
    check: ({ value }) => {
      const text = String(value)
      const odd = /file:|node:|\.wasm|wasm-function|\bat \/|[A-Z]:\\|\/(home|usr|var|opt|root|tmp|mnt|Users)\//.exec(text)
      if (odd !== null) throw new Error(text.slice(Math.max(0, odd.index - 200), odd.index + 200))
    },
  },
} satisfies Attack
