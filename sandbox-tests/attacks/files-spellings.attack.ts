// Every way to write a path that some system takes for a way out.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'no spelling of a path leads out of a root, for reading, writing, listing or removing',
  threat: 'files',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const ups = ['..', '../..', './..', 'a/../..', '.../..', '..\u0000', '..%00', '%2e%2e', '%252e%252e', '..%2f..', '..%5c', '..\\..', '..;', '.. ', '..\u202e', '\u2025', '\uff0e\uff0e', '..\u2215', '\u2024\u2024', '..:', '...']
  const ends = ['outside/secret.txt', 'own/neighbour/secret.txt', 'etc/passwd', 'proc/self/environ', 'secret.txt']
  const absolute = ['/etc/passwd', '//etc/passwd', '\\\\localhost\\c$\\x', 'C:\\Windows\\win.ini', 'file:///etc/passwd', '/proc/self/fd/0', '~/.ssh/id_rsa', '/dev/zero', 'data:/etc/passwd', '\u0000/etc/passwd']
  const paths = [...absolute, 'neighbour/secret.txt', 'own/neighbour/secret.txt', 'outside/secret.txt']
  for (const up of ups) for (const end of ends) paths.push('data/' + up + '/' + end, up + '/' + end, 'own/' + up + '/' + end)
  const odd: any[] = []
  const codes = new Set()
  const attempt = async (path: string, method: string, ...rest: any[]) => {
    try {
      const value = await ctx.files[method](path, ...rest)
      if (value !== undefined && value !== false) odd.push([method, path, value])
    } catch (error: any) {
      codes.add(error.code)
    }
  }
  for (const path of paths) {
    for (const method of ['readText', 'readBytes', 'stat', 'remove']) await attempt(path, method)
    await attempt(path, 'list')
  }
  for (const path of paths.filter((path) => path.includes('..') || path.startsWith('/'))) {
    // What is no way up is a name like any other.
    if (!/(^|\/)\.\.(\/|$)/.test(path) && path.startsWith('data/')) continue
    await attempt(path, 'write', 'overwritten')
    await attempt(path, 'append', 'overwritten')
  }
  return [odd, [...codes].sort()]
}`,
    { needs: "{ files: { data: 'write', own: 'write' } }" },
  ),
  policy: { allow: { files: { data: 'write', own: 'write' } }, limits: { hostCalls: 5_000, cpu: '5s', timers: 32 } },
  expect: {
    status: 'ok',
    value: [[], ['FILE_DENIED', 'FILE_NOT_FOUND', 'FILE_PATH_INVALID']],
  },
} satisfies Attack
