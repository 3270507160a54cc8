// Somebody swaps a folder for a link to the outside, and back, while the script works in it: between every check and every use.

import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { swapFolder } from '../bindings/files/swapper.ts'
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'while a folder is swapped for a link and back, several runs at once read and write nothing outside',
  threat: 'files',
  plant(disk) {
    disk.write('sub/secret.txt', 'inside')
  },
  source: script(
    ts`async (event: any, ctx: any) => {
  const odd: any[] = []
  for (let turn = 0; turn < 30; turn++) {
    const calls = [
      ctx.files.readText('data/sub/secret.txt'),
      ctx.files.write('data/sub/secret.txt', 'inside'),
      ctx.files.append('data/sub/new-' + event.n + '.txt', 'x'),
      ctx.files.writeJson('data/sub/deeper/new.json', turn),
      ctx.files.remove('data/sub/new-' + (3 - event.n) + '.txt'),
    ]
    const [read, ...rest] = await Promise.allSettled(calls)
    if (read.status === 'fulfilled' && read.value !== 'inside') odd.push(read.value)
    for (const { reason } of [read, ...rest] as any[]) if (reason !== undefined && !['FILE_REFUSED', 'FILE_NOT_FOUND'].includes(reason.code)) odd.push(reason.code)
  }
  return odd
}`,
    { needs: "{ files: { data: 'write' } }" },
  ),
  policy: { allow: { files: { data: 'write' } }, limits: { hostCalls: 1_000, cpu: '5s' } },
  async act({ disk, fire }) {
    await using swapper = await swapFolder(join(disk.data, 'sub'), disk.outside)
    const outcomes = await Promise.all([fire({ n: 1 }), fire({ n: 2 })])
    assert.ok(swapper.isRunning(), 'the folder was swapped to the end')
    return outcomes
  },
  expect: [
    { status: 'ok', value: [] },
    { status: 'ok', value: [] },
  ],
} satisfies Attack
