// V8 asks Error.prepareStackTrace for the text of a stack, and hands it the frames: functions and receivers of whoever is on the stack, the bridge's included.
import { type Attack, PROBE, script, ts } from './attack.ts'

export const attack = {
  title: 'no trick with prepareStackTrace gets hold of a frame of the bridge',
  threat: 'escape-error',
  source: script(
    ts`async (_event: any, ctx: any) => {
  trap()
  const stacks: any[] = []
  const keep = (error: any): void => { try { stacks.push(error.stack, error?.cause?.stack) } catch (inner: any) { stacks.push(inner?.stack) } }
  const within = { get a(): number { keep(new Error('in a getter')); return 1 }, toJSON() { keep(new Error('in toJSON')); return 2 } }
  try { await ctx.kv.set('k', within) } catch (error) { keep(error) }
  try { ctx.log.info('line', within) } catch (error) { keep(error) }
  try { await ctx.kv.set('k', new Proxy({}, { ownKeys() { keep(new Error('in a trap')); throw new Error('from a trap') } })) } catch (error) { keep(error) }
  try { await ctx.kv.get() } catch (error) { keep(error) }
  try { structuredClone({ get a() { keep(new Error('in a clone')); return 1 } }) } catch (error) { keep(error) }
  for (const make of [() => new URL('no'), () => atob('a'), () => null as any, () => (undefined as any).x, () => new Array(-1), () => decodeURIComponent('%'), () => JSON.parse('{')]) {
    try { make() } catch (error) { keep(error) }
  }
  await new Promise<void>((yes) => setTimeout(() => { keep(new Error('in a timer')); yes() }, 0))
  class Own extends Error { static prepareStackTrace = (_: any, sites: any) => { look(sites); return sites } }
  keep(new Own('own'))
  const dive = (): any => dive()
  try { dive() } catch (error) { keep(error) }
  for (const stack of stacks) { if (Array.isArray(stack)) look(stack); else if (/isolated|node:|\/|\\/.test(String(stack))) found += 'place ' }
  return found || 'safe'
}`,
    {
      needs: '{ kv: true }',
      top:
        PROBE +
        ts`
  let found = ''
  const look = (sites: any): void => {
    for (const site of Array.isArray(sites) ? sites : []) {
      for (const way of ['getThis', 'getFunction', 'getTypeName', 'getFileName', 'getEvalOrigin', 'getScriptNameOrSourceURL', 'getMethodName', 'toString']) {
        let value: any
        try { value = site[way]?.() } catch (error) { if (!(error instanceof Error)) found += 'foreign error '; continue }
        if (typeof value === 'function' || (typeof value === 'object' && value !== null && value !== globalThis)) found += way + ' ' + escaped(value)
        if (typeof value === 'string' && /isolated|node:|file:|\//.test(value)) found += way + ' '
      }
    }
  }
  const trap = (): void => {
    const prepare = (_error: any, sites: any): any => { look(sites); return sites }
    for (const owner of [Error, Error.prototype, Object.prototype, Function.prototype] as any[]) {
      try { owner.prepareStackTrace = prepare } catch {}
      try { Object.defineProperty(owner, 'prepareStackTrace', { get: () => prepare, set() {}, configurable: true }) } catch {}
    }
    try { (Error as any).stackTraceLimit = 1000 } catch {}
    try { Object.defineProperty(Error, 'stackTraceLimit', { get: () => 1e9, configurable: true }) } catch {}
  }
  trap()`,
    },
  ),
  policy: { limits: { cpu: '5s' } },
  expect: { status: 'ok', value: 'safe' },
} satisfies Attack
