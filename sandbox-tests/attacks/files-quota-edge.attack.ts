// Two runs at once that go for the last free byte and the last free place, with every way to write.
import * as assert from 'uvu/assert'
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'two runs at the edge of a quota never get over it together',
  threat: 'files',
  source: script(
    ts`async (event: any, ctx: any) => {
  const codes = new Set()
  for (let turn = 0; turn < 12; turn++) {
    const calls: Promise<any>[] = []
    for (let index = 0; index < 3; index++) {
      calls.push(ctx.files.write('data/' + event.n + '/' + turn + '-' + index, 'x'.repeat(97)))
      calls.push(ctx.files.append('data/shared', 'x'.repeat(13)))
      calls.push(ctx.files.writeJson('data/both-' + turn, 'x'.repeat(50 + event.n)))
      calls.push(ctx.files.remove('data/' + event.n + '/' + (turn - 2) + '-' + index))
    }
    for (const one of await Promise.allSettled(calls) as any[]) if (one.reason !== undefined) codes.add(one.reason.code)
  }
  return [...codes]
}`,
    { needs: "{ files: { data: 'write' } }" },
  ),
  policy: { allow: { files: { data: { access: 'write', bytes: 1_000, entries: 12 } } }, limits: { hostCalls: 1_000, cpu: '5s' } },
  async act({ disk, fire }) {
    const running = { isOver: false }
    const over = (): void => {
      running.isOver = true
    }
    const outcomes = Promise.all([fire({ n: 1 }), fire({ n: 2 }), fire({ n: 3 })])
    outcomes.then(over, over)
    while (!running.isOver) {
      expectWithin(disk.measure())
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
    return await outcomes
  },
  checkDisk: (disk) => expectWithin(disk.measure()),
  expect: Array.from({ length: 3 }, () => ({ status: 'ok' as const, value: ['FILES_QUOTA_EXCEEDED'] })),
} satisfies Attack

/** One file at a time is written beside the one that it replaces. */
function expectWithin({ bytes, entries }: { readonly bytes: number; readonly entries: number }): void {
  assert.ok(bytes <= 1_000 + 97 && entries <= 12 + 1, `${bytes} bytes in ${entries} entries`)
}
