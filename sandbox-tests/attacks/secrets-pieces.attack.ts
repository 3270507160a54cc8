// A server that gives a secret back in pieces, packed, in capitals, and after the end of the body.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a secret that comes back in pieces, packed, in capitals or after the body is not seen',
  threat: 'secrets',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const seen: any[] = []
  const texts: string[] = []
  for (const wish of ['', 'gzip', 'upper', 'gzip&upper']) {
    const response = await ctx.http.fetch('http://ok.example.com/pieces?' + wish, { headers: { 'x-secret': '{{secret:SEND}}' } })
    texts.push(await response.text())
    for (const [name, value] of response.headers) if (/secret-canary/i.test(name + value)) seen.push([name, value])
    if (response.headers.has('x-said')) seen.push('a header from after the body')
  }
  return [seen, texts]
}`,
    { needs: "{ http: ['http://*.example.com'], secrets: ['SEND'] }" },
  ),
  policy: { allow: { http: ['http://*.example.com'], secrets: { SEND: ['http://ok.example.com'] } }, limits: { cpu: '5s' } },
  expect: {
    status: 'ok',
    value: [[], Array.from({ length: 4 }, () => `it is ${'*'.repeat(20)}.`)],
  },
} satisfies Attack
