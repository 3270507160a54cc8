// A server that makes of a secret what no response can hold, so that the failure may speak of it.
import { type Attack, script, ts } from './attack.ts'

const FAILED = 'HTTP_FAILED'

export const attack = {
  title: 'an answer that is broken by a secret fails in words that do not hold it',
  threat: 'secrets',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const seen: any[] = []
  const ends: any[] = []
  const look = (text: string) => { if (/secret-canary/i.test(text)) seen.push(text) }
  const answers = [
    'SECRET',
    'HTTP/1.1 SECRET\r\n\r\n',
    'HTTP/1.1 200 SECRET\r\ncontent-length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nSECRET: SECRET\r\ncontent-length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nSECRET SECRET\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: SECRET\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: SECRET\r\n\r\nx',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nSECRET\r\n',
    'HTTP/1.1 200 OK\r\ncontent-encoding: SECRET\r\ncontent-length: 1\r\n\r\nx',
    'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 20\r\n\r\nSECRET',
    'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nSECRET',
    'HTTP/1.1 302 Found\r\nlocation: /SECRET\r\nlocation: /SECRET\r\ncontent-length: 0\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\nlink: SECRET\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
    'HTTP/1.1 101 SECRET\r\nconnection: upgrade\r\nupgrade: SECRET\r\n\r\n',
  ]
  for (const answer of answers) {
    const results = []
    for (const letters of ['', '&upper']) {
      const url = 'http://ok.example.com/broken?as=' + encodeURIComponent(answer) + letters
      try {
        const response = await ctx.http.fetch(url, { headers: { 'x-secret': '{{secret:SEND}}' } })
        look(JSON.stringify([response.url, response.statusText, [...response.headers], await response.text()]))
        results.push(response.status)
      } catch (error: any) {
        look(error.name + error.message + error.stack + String(error.cause) + JSON.stringify(error))
        results.push(error.code ?? error.name)
      }
    }
    ends.push(results[0] === results[1] ? results[0] : results)
  }
  return [seen, ends]
}`,
    { needs: "{ http: ['http://*.example.com'], secrets: ['SEND'] }" },
  ),
  policy: { allow: { http: ['http://*.example.com'], secrets: { SEND: ['http://ok.example.com'] } }, limits: { cpu: '5s', wall: '30s' } },
  expect: {
    status: 'ok',
    value: [[], [FAILED, FAILED, 200, 200, FAILED, FAILED, 200, FAILED, FAILED, FAILED, FAILED, FAILED, 200, FAILED]],
  },
} satisfies Attack
