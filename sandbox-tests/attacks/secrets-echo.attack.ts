// A script that may send a secret and tries to see it: by a server that gives it back, by other places than headers, by another host.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a secret that may be sent is not seen, and goes nowhere else',
  threat: 'secrets',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const seen: any[] = []
  const places = ['{{secret:SEND}}', 'x{{secret:SEND}}y', '{{ secret:SEND }}', '{{secret:SEND}}{{secret:SEND}}']
  const ask = async (url: string, init: any) => {
    try {
      const response = await ctx.http.fetch(url, init)
      const text = await response.text()
      const all = [response.url, response.statusText, text, ...[...response.headers].flat()]
      for (const each of all) if (/secret-canary/.test(each)) seen.push(each)
      return text
    } catch (error: any) {
      seen.push(...(/secret-canary/.test(error.message + error.stack) ? [error.message] : []))
      return error.code ?? error.name
    }
  }
  for (const place of places) await ask('http://ok.example.com/', { headers: { 'x-secret': place, authorization: 'Bearer ' + place } })
  const results = [
    await ask('http://ok.example.com/?t={{secret:SEND}}', {}),
    await ask('http://ok.example.com/', { headers: { '{{secret:SEND}}': 'x' } }),
    await ask('http://ok.example.com/', { method: '{{secret:SEND}}' }),
    await ask('http://other.example.com/', { headers: { 'x-secret': '{{secret:SEND}}' } }),
    await ask('http://ok.example.com/', { headers: { 'x-secret': '{{secret:OTHER}}' } }),
    await ask('http://ok.example.com/', { headers: { 'x-secret': '{{secret:__proto__}}' } }),
  ]
  const moved = await ask('http://ok.example.com/redirect?status=307&to=' + encodeURIComponent('http://other.example.com/'), { headers: { 'x-secret': '{{secret:SEND}}', 'x-mine': 'kept' } })
  const { headers } = JSON.parse(moved)
  const read = []
  for (const name of ['SEND', 'OTHER', '__proto__', 'constructor']) read.push(await ctx.secrets.get(name).catch((error: any) => error.code))
  return [seen, results, headers.includes('x-secret'), headers.includes('x-mine'), read]
}`,
    { needs: "{ http: ['http://*.example.com'], secrets: ['SEND', 'OTHER'] }" },
  ),
  policy: { allow: { http: ['http://*.example.com'], secrets: { SEND: ['http://ok.example.com'] } }, limits: { cpu: '5s' } },
  expect: {
    status: 'ok',
    value: [
      [],
      ['HTTP_URL_INVALID', 'TypeError', 'ARGUMENT_INVALID', 'SECRET_DENIED', 'SECRET_DENIED', 'SECRET_DENIED'],
      false,
      true,
      ['SECRET_DENIED', 'SECRET_DENIED', 'SECRET_DENIED', 'SECRET_DENIED'],
    ],
  },
} satisfies Attack
