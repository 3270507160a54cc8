// A script that may only read, and roots that it was not granted.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'who may read changes nothing, and roots that were not granted are shut',
  threat: 'files',
  plant(disk) {
    disk.write('a.txt', 'kept')
  },
  source: script(
    ts`async (_event: any, ctx: any) => {
  const codes: any[] = []
  const attempt = async (method: string, ...args: any[]) => {
    try { codes.push([method, args, await ctx.files[method](...args)]) } catch (error: any) { codes.push(error.code) }
  }
  for (const path of ['data/a.txt', 'data/b.txt', 'data/d/c.txt']) {
    await attempt('write', path, 'x'); await attempt('writeJson', path, 1); await attempt('append', path, 'x'); await attempt('remove', path)
  }
  for (const root of ['own', 'DATA', 'Data', 'constructor', '__proto__', 'hasOwnProperty', 'datа']) { await attempt('readText', root + '/a.txt'); await attempt('list', root) }
  return [[...new Set(codes)], await ctx.files.readText('data/a.txt')]
}`,
    { needs: "{ files: { data: 'write' } }" },
  ),
  policy: { allow: { files: ['data'] } },
  checkDisk(disk) {
    assert.is(readFileSync(join(disk.data, 'a.txt'), 'utf8'), 'kept')
    assert.is(disk.measure().entries, 1)
  },
  expect: { status: 'ok', value: [['FILE_DENIED'], 'kept'] },
} satisfies Attack
