// Links below a root that lead to files and folders outside, one through the other.
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'no symbolic link is followed or replaced, at the end of a path or on its way',
  threat: 'files',
  plant(disk) {
    const secret = join(disk.outside, 'secret.txt')
    const links = {
      file: secret,
      folder: disk.outside,
      up: '..',
      root: '/',
      second: 'folder',
      proc: '/proc/self',
      fd: '/proc/self/fd',
      new: `${secret}.new`,
    }
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(disk.data, name))
    disk.write('real/a.txt', 'inside')
    symlinkSync(disk.outside, join(disk.data, 'real', 'folder'))
  },
  source: script(
    ts`async (_event: any, ctx: any) => {
  const ends = ['', '/secret.txt', '/outside/secret.txt', '/folder/secret.txt', '/etc/passwd', '/environ', '/new.txt', '/data/real/a.txt']
  const odd: any[] = []
  const codes = new Set()
  for (const start of ['file', 'folder', 'up', 'root', 'second', 'proc', 'fd', 'new', 'real/folder'])
    for (const end of ends)
      for (const [method, ...rest] of [['readText'], ['readJson'], ['readBytes', { offset: 0, length: 9 }], ['write', 'x'], ['writeJson', 1], ['append', 'x'], ['list'], ['remove']])
        try {
          odd.push([start + end, method, await ctx.files[method as string]('data/' + start + end, ...rest)])
        } catch (error: any) {
          codes.add(error.code)
        }
  const { entries } = await ctx.files.list('data')
  return [odd, [...codes], entries.map((entry: any) => entry.name), await ctx.files.stat('data/file')]
}`,
    { needs: "{ files: { data: 'write' } }" },
  ),
  policy: { allow: { files: { data: 'write' } }, limits: { hostCalls: 5_000, cpu: '5s' } },
  expect: { status: 'ok', value: [[], ['FILE_REFUSED'], ['real'], undefined] },
} satisfies Attack
