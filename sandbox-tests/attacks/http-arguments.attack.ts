// Arguments that change while they are read, that never end, or that claim to be what they are not.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'what is asked for is what was checked, whatever the arguments do while they are read',
  threat: 'http',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const odd: any[] = []
  const ask = async (what: string, url: any, init?: any) => {
    try {
      const response = await ctx.http.fetch(url, init)
      const echo = JSON.parse(await response.text())
      if (!response.url.startsWith('http://ok.example.com/')) odd.push([what, response.url])
      return echo
    } catch (error: any) {
      if (!(error instanceof Error)) odd.push([what, String(error)])
    }
  }
  let asked = 0
  await ask('two-faced url', { toString: () => (asked++ === 0 ? 'http://ok.example.com/' : 'http://127.0.0.1/') })
  await ask('two-faced method', 'http://ok.example.com/', { get method() { return asked++ % 2 === 0 ? 'GET' : 'CONNECT' } })
  await ask('proxy', 'http://ok.example.com/', new Proxy({}, { get: (_: any, key: any) => (key === 'headers' ? new Proxy({}, { ownKeys: () => Array.from({ length: 1000 }, (_, n) => 'x' + n), getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 'y' }) }) : undefined) }))
  await ask('forged bytes', 'http://ok.example.com/', { method: 'POST', body: Object.create(Uint8Array.prototype) })
  await ask('headers with a prototype', 'http://ok.example.com/', { headers: JSON.parse('{"__proto__":{"host":"evil.example"},"constructor":"x"}') })
  await ask('many headers', 'http://ok.example.com/', { headers: Array.from({ length: 5_000 }, (_, n) => ['x-' + n, 'y']) })
  await ask('a long url', 'http://ok.example.com/' + 'x'.repeat(100_000))
  await ask('a long header', 'http://ok.example.com/', { headers: { x: 'y'.repeat(100_000) } })
  await ask('a large body', 'http://ok.example.com/', { method: 'POST', body: 'x'.repeat(250_000) })
  for (const timeout of [-1, 0, NaN, Infinity, 1e308, '5s', {}]) await ask('timeout ' + String(timeout), 'http://ok.example.com/', { timeout })
  const RealPromise = Promise
  ;(globalThis as any).Promise = function () { odd.push('Promise was called') }
  await ask('a replaced Promise', 'http://ok.example.com/')
  ;(globalThis as any).Promise = RealPromise
  return odd
}`,
    { needs: "{ http: ['http://ok.example.com'] }" },
  ),
  policy: { allow: { http: ['http://ok.example.com'] }, limits: { cpu: '5s' } },
  expect: { status: 'ok', value: [] },
} satisfies Attack
