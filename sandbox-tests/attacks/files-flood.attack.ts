// Fills the disk with what weighs nothing: empty files, empty folders, long names, deep trees.
import * as assert from 'uvu/assert'
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'empty files, deep folders and long names count, and end at the quota',
  threat: 'files',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const codes = new Set()
  const attempt = async (path: string, content: any = '') => {
    try { await ctx.files.write(path, content) } catch (error: any) { codes.add(error.code) }
  }
  for (let index = 0; index < 30; index++) await attempt('data/' + 'd'.repeat(200) + index)
  for (let index = 0; index < 30; index++) await attempt('data/' + ('f' + index + '/').repeat(30) + 'x')
  for (let index = 0; index < 5; index++) await attempt('data/' + ('f' + index + '/').repeat(33) + 'x')
  for (let index = 0; index < 10; index++) await attempt('data/big' + index, new Uint8Array(100_000).fill(65))
  return [...codes].sort()
}`,
    { needs: "{ files: { data: 'write' } }" },
  ),
  policy: { allow: { files: { data: { access: 'write', bytes: '300KiB', entries: 50 } } }, limits: { cpu: '5s', hostCalls: 1_000 } },
  checkDisk(disk) {
    const { bytes, entries } = disk.measure()
    assert.ok(bytes <= 300 * 1024 && entries <= 50, `${bytes} bytes in ${entries} entries`)
  },
  expect: { status: 'ok', value: ['FILES_QUOTA_EXCEEDED', 'FILE_PATH_INVALID'] },
} satisfies Attack
