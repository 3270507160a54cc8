// As much digesting as host calls and their size allow.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a flood of large digests is computed beside the host, and stays within the limits',
  threat: 'host-call',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const data = 'x'.repeat(250_000)
  let done = 0
  for (let round = 0; round < 6; round++)
    for (const digest of await Promise.all(Array.from({ length: 15 }, () => ctx.crypto.hash('sha-512', data, 'base64')))) done += digest.length === 88 ? 1 : 0
  const refused: any[] = []
  for (const call of [() => ctx.crypto.hash('sha-512', 'x'.repeat(300_000)), () => ctx.crypto.randomBytes(1e9), () => ctx.crypto.hash('md5', 'x'), () => ctx.crypto.hmac('sha-256', {}, 'x')])
    try { await call(); refused.push('answered') } catch (error: any) { refused.push(error.code) }
  return [done, refused]
}`,
    { needs: '{ crypto: true }' },
  ),
  policy: { allow: { crypto: true }, limits: { cpu: '5s', memory: '64MiB' } },
  growthMiB: 300,
  isAlone: true,
  expect: { status: 'ok', value: [90, ['HOST_CALL_ARGUMENT_TOO_LARGE', 'ARGUMENT_INVALID', 'ARGUMENT_INVALID', 'ARGUMENT_INVALID']] },
} satisfies Attack
