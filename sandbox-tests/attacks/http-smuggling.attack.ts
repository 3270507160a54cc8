// One request that is to become two, or to go to another host than its URL says.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'nothing in a method, URL or header makes a request another one',
  threat: 'http',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const odd: any[] = []
  const ask = async (what: string, url: any, init: any) => {
    try {
      const echo = JSON.parse(await (await ctx.http.fetch(url, init)).text())
      const hosts = echo.headers.filter((_: any, i: number) => i % 2 === 1 && /^host$/i.test(echo.headers[i - 1]))
      if (hosts.length !== 1 || hosts[0] !== 'ok.example.com') odd.push([what, hosts])
    } catch (error: any) {
      if (!(error instanceof Error)) odd.push([what, error])
    }
  }
  const url = 'http://ok.example.com/'
  for (const name of ['host', 'Host', 'HOST ', 'content-length', 'transfer-encoding', 'connection', 'upgrade', 'te', 'trailer', 'expect', 'x\r\nhost', 'x: y\r\nhost', ':authority', 'proxy-connection', '\u0130host', ''])
    for (const value of ['evil.example', '0', 'chunked', 'a\r\nhost: evil.example', 'a\nhost: evil.example', 'a\rhost: evil.example', 'a\0', '\u010dhost: evil.example', '\u2028'])
      await ask(name + '=' + value, url, { headers: [[name, value]] })
  for (const method of ['GET /x HTTP/1.1\r\nhost: evil.example\r\n\r\nGET', 'CONNECT', 'TRACE', 'get\r\n', '\u0262ET', 'PRI']) await ask(method, url, { method })
  for (const tail of ['\r\nhost: evil.example', '%0d%0ahost:%20evil.example', '?a\nb', '#\r\nx', '\u{1f600}\r\n', ' HTTP/1.1\r\nhost: evil.example']) await ask(tail, url + tail, {})
  await ask('body', url, { method: 'POST', body: 'x\r\n\r\nGET / HTTP/1.1\r\nhost: evil.example\r\n\r\n' })
  await ask('bytes', url, { method: 'POST', body: new TextEncoder().encode('0\r\n\r\nGET / HTTP/1.1\r\nhost: evil.example\r\n\r\n') })
  return odd
}`,
    { needs: "{ http: ['http://ok.example.com'] }" },
  ),
  policy: { allow: { http: ['http://ok.example.com'] }, limits: { hostCalls: 1_000, cpu: '5s' } },
  expect: { status: 'ok', value: [] },
} satisfies Attack
