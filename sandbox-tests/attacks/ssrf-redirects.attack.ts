// A server outside that sends the host inside.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a redirect leads to nothing that could not be asked for at once',
  threat: 'ssrf',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const targets = ['http://127.0.0.1/', 'http://2130706433/', 'http://[::ffff:10.0.0.5]/', '//169.254.169.254/latest/meta-data/', '\\\\127.0.0.1\\x', 'http://inside.example.com/', 'http://metadata.example.com/', 'http://mixed.example.com/',
    'https://ok.example.com/', 'http://ok.example.com:22/', 'http://elsewhere.example/', 'file:///etc/passwd', 'http://user:pass@ok.example.com/', 'data:,x', 'javascript:1']
  const odd: any[] = []
  const refused = ['HTTP_DENIED', 'HTTP_ADDRESS_DENIED', 'HTTP_URL_INVALID']
  for (const to of targets) for (const status of [301, 303, 307]) {
    // Two hops: the first one is good.
    const second = '/redirect?status=' + status + '&to=' + encodeURIComponent(to)
    const url = 'http://ok.example.com/redirect?to=' + encodeURIComponent(second)
    try { odd.push([to, (await ctx.http.fetch(url)).url]) } catch (error: any) { if (!refused.includes(error.code)) odd.push([to, error.code]) }
  }
  const circle = await ctx.http.fetch('http://ok.example.com/redirect').catch((error: any) => error.code)
  const manual = await ctx.http.fetch('http://ok.example.com/redirect?to=http%3A%2F%2F127.0.0.1%2F', { redirect: 'manual' })
  return [odd, circle, manual.status]
}`,
    { needs: "{ http: ['http://*.example.com'] }" },
  ),
  policy: { allow: { http: ['http://*.example.com'] }, limits: { cpu: '5s' } },
  expect: { status: 'ok', value: [[], 'HTTP_REDIRECTS_EXCEEDED', 302] },
} satisfies Attack
