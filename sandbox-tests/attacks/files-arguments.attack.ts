// Paths that are one thing when they are checked and another when they are used, and contents that are no content.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'what is no text is no path, and what is neither text nor bytes is not written',
  threat: 'files',
  plant(disk) {
    disk.write('a.txt', 'inside')
  },
  source: script(
    ts`async (_event: any, ctx: any) => {
  let reads = 0
  const twoFaced = { toString: () => (reads++ === 0 ? 'data/a.txt' : '/etc/passwd'), valueOf: () => '/etc/passwd', length: 5 }
  const paths: any[] = [twoFaced, new String('data/a.txt'), ['data/a.txt'], ['data', '..', 'outside'], { href: 'file:///etc/passwd' }, new Uint8Array([100, 97, 116, 97]), 5, null, undefined, true, new Map([['data', 'a']])]
  const codes = new Set()
  const values: any[] = []
  const attempt = async (method: string, ...args: any[]) => {
    try { values.push(await ctx.files[method](...args)) } catch (error: any) { codes.add(error.code) }
  }
  for (const path of paths) for (const method of ['readText', 'readBytes', 'stat', 'list', 'remove']) await attempt(method, path)
  for (const path of paths) await attempt('write', path, 'x')
  for (const content of [twoFaced, { type: 'Buffer', data: [1] }, [1, 2], 5, null, undefined, { length: 1e9 }, new Map()]) await attempt('write', 'data/b.txt', content)
  for (const part of [{ offset: -1 }, { offset: 1e300 }, { length: 0 }, { length: Infinity }, { offset: 0.5 }, { offset: '0' }, { position: 1 }, [1]]) await attempt('readBytes', 'data/a.txt', part)
  for (const page of [{ limit: 1e9 }, { cursor: 5 }, { cursor: 'x'.repeat(2_000) }, { limit: -1 }]) await attempt('list', 'data', page)
  const bytes = await ctx.files.readBytes('data/a.txt', { offset: 2 ** 40, length: 2 ** 40 })
  const odd = await ctx.files.list('data', { cursor: '!!not base64!!' })
  return [[...codes], values, bytes.length, odd.entries.length <= 1]
}`,
    { needs: "{ files: { data: 'write' } }" },
  ),
  policy: { allow: { files: { data: 'write' } }, limits: { cpu: '5s', hostCalls: 1_000 } },
  expect: { status: 'ok', check: ({ value }) => expectCodes(value) },
} satisfies Attack

/** Objects with functions do not even leave the sandbox. */
function expectCodes(value: unknown): void {
  const [codes, values, length, isListed] = value as [string[], unknown[], number, boolean]
  const isRight = [...codes].sort().join() === 'ARGUMENT_INVALID,ARGUMENT_NOT_PLAIN' && values.length === 0 && length === 0 && isListed
  if (!isRight) throw new TypeError(JSON.stringify(value))
}
