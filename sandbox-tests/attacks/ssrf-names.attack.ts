// Names that lead inside: always, among others, or every second time they are asked.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a name that leads inside is not connected to, and one that changes is connected to as it was checked',
  threat: 'ssrf',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const names = ['inside', 'loopback', 'metadata', 'six', 'mapped', 'nat64', 'mixed', 'rubbish']
  const odd: any[] = []
  for (const name of names) for (const url of ['http://' + name + '.example.com/', 'https://' + name + '.example.com:8443/', 'http://' + name.toUpperCase() + '.EXAMPLE.com./']) {
    try { odd.push([url, (await ctx.http.fetch(url)).status]) } catch (error: any) {
      if (error.code !== 'HTTP_ADDRESS_DENIED') odd.push([url, error.code])
      if (/\d+\.\d+\.\d+|::/.test(error.message)) odd.push([url, error.message])
    }
  }
  const flips: any[] = []
  for (let n = 0; n < 6; n++) flips.push(await ctx.http.fetch('http://flip.example.com/').then((response: any) => response.status, (error: any) => error.code))
  const raced = await Promise.all(Array.from({ length: 8 }, () => ctx.http.fetch('http://flip.example.com/').then((response: any) => response.status, (error: any) => error.code)))
  return [odd, flips.sort(), raced.every((each: any) => each === 200 || each === 'HTTP_ADDRESS_DENIED')]
}`,
    { needs: "{ http: ['*.example.com:*', 'http://*.example.com:*'] }" },
  ),
  policy: { allow: { http: ['*.example.com:*', 'http://*.example.com:*'] }, limits: { cpu: '5s' } },
  expect: {
    status: 'ok',
    value: [[], [200, 200, 200, 'HTTP_ADDRESS_DENIED', 'HTTP_ADDRESS_DENIED', 'HTTP_ADDRESS_DENIED'], true],
  },
} satisfies Attack
