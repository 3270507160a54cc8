// A second name of a file outside: it looks like any other file.
import { linkSync } from 'node:fs'
import { join } from 'node:path'
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a hard link to a file outside is neither read, nor written, nor replaced',
  threat: 'files',
  plant(disk) {
    linkSync(join(disk.outside, 'secret.txt'), join(disk.data, 'innocent.txt'))
  },
  source: script(
    ts`async (_event: any, ctx: any) => {
  const told: any[] = []
  for (const [method, ...rest] of [['readText'], ['readJson'], ['readBytes'], ['readBytes', { offset: 3 }], ['write', 'x'], ['writeJson', 1], ['append', 'x'], ['remove']])
    try {
      told.push(await ctx.files[method as string]('data/innocent.txt', ...rest))
    } catch (error: any) {
      told.push(error.code)
    }
  return [told, await ctx.files.stat('data/innocent.txt'), await ctx.files.list('data')]
}`,
    { needs: "{ files: { data: 'write' } }" },
  ),
  policy: { allow: { files: { data: 'write' } } },
  expect: { status: 'ok', value: [Array(8).fill('FILE_REFUSED'), undefined, { entries: [] }] },
} satisfies Attack
