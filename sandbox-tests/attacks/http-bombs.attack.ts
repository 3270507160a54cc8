// Responses that unpack to a thousand times their size, that never end, that are nothing but headers.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'no response brings more into the host, or into the sandbox, than policy allows',
  threat: 'http',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const ask = (path: string) => ctx.http.fetch('http://ok.example.com' + path).then((response: any) => response.status, (error: any) => error.code)
  const codes = []
  for (const path of ['/bomb', '/endless', '/headers']) codes.push(await ask(path))
  const many = await Promise.all(Array.from({ length: 12 }, (_, n) => ask(n % 2 === 0 ? '/bomb' : '/endless')))
  return [codes, [...new Set(many)]]
}`,
    { needs: "{ http: ['http://ok.example.com'] }" },
  ),
  policy: { allow: { http: ['http://ok.example.com'] }, limits: { cpu: '5s' } },
  expect: { status: 'ok', value: [['HTTP_RESPONSE_TOO_LARGE', 'HTTP_RESPONSE_TOO_LARGE', 'HTTP_FAILED'], ['HTTP_RESPONSE_TOO_LARGE']] },
  growthMiB: 200,
} satisfies Attack
