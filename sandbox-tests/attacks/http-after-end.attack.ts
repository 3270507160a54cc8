// Requests that a script leaves behind: the server never answers, and nobody waits.
import * as assert from 'uvu/assert'
import { type Attack, script, ts } from './attack.ts'

const LOOKS = 250
const LOOK_MS = 20

export const attack = {
  title: 'requests end with the run that made them, and no more are under way at once than policy allows',
  threat: 'http',
  source: script(
    ts`async (_event: any, ctx: any) => {
  for (let n = 0; n < 16; n++) ctx.http.fetch('http://ok.example.com/hang').catch(() => {})
  await ctx.http.fetch('http://other.example.com/hang', { timeout: 300 }).catch(() => {})
  return 'left'
}`,
    { needs: "{ http: ['http://*.example.com'] }" },
  ),
  policy: { allow: { http: { hosts: ['http://*.example.com'], concurrency: 3 } }, limits: { cpu: '5s', pendingHostCalls: 32 } },
  expect: [
    { status: 'ok', value: 'left' },
    { status: 'ok', value: 'left' },
  ],
  async act({ fire, network }) {
    const outcomes = [await fire(), await fire()]
    assert.ok(network.requests <= 6, `${network.requests} requests arrived`)
    for (let look = 0; look < LOOKS && (await network.open) > 0; look++) await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    assert.is(await network.open, 0, 'connections are left')
    return outcomes
  },
} satisfies Attack
