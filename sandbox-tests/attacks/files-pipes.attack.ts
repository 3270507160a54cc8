// A pipe waits for a writer, a device never ends: whoever opens them hangs.
import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'pipes and devices are refused at once, also many at a time',
  threat: 'files',
  plant(disk) {
    execFileSync('mkfifo', [join(disk.data, 'pipe')])
    symlinkSync('/dev/zero', join(disk.data, 'zero'))
    symlinkSync('/proc/kcore', join(disk.data, 'core'))
  },
  source: script(
    ts`async (_event: any, ctx: any) => {
  const codes = new Set()
  for (let round = 0; round < 10; round++) {
    const calls: Promise<any>[] = []
    for (const name of ['pipe', 'zero', 'core'])
      for (const [method, ...rest] of [['readText'], ['readBytes', { length: 5 }], ['write', 'x'], ['append', 'x'], ['remove']])
        calls.push(ctx.files[method as string]('data/' + name, ...rest))
    for (const one of await Promise.allSettled(calls)) codes.add(one.status === 'rejected' ? (one.reason as any).code : one.value)
  }
  return [...codes]
}`,
    { needs: "{ files: { data: 'write' } }" },
  ),
  policy: { allow: { files: { data: 'write' } }, limits: { hostCalls: 1_000, wall: '20s', cpu: '5s' } },
  expect: { status: 'ok', value: ['FILE_REFUSED'] },
} satisfies Attack
