// import() of a name that is made at run time: no bundler can see it.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a dynamic import at run time loads nothing',
  threat: 'escape-module',
  source: script(ts`async () => {
  const tried: string[] = []
  for (const name of ['fs', 'node:fs', 'std', 'os', 'bjson', 'qjs:std', './neighbour.ts', '/etc/passwd', 'file:///etc/passwd', 'vivarium', 'script', 'data:text/javascript,1']) {
    for (const load of [new Function('name', 'return import(name)'), (0, eval)('(name) => import(name)')]) {
      try { tried.push(name + ' ' + Object.keys(await load(name))) } catch (error: any) { if (!(error instanceof Error) || /file:|node:internal/.test(error.stack ?? '')) tried.push(name + ' foreign') }
    }
  }
  return tried.join() || 'safe'
}`),
  expect: { status: 'ok', value: 'safe' },
} satisfies Attack
