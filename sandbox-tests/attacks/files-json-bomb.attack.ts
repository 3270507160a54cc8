// A small argument that is gigabytes as JSON: the same long text, referred to again and again, or many short lines that are indented far.
import { type Attack, script, ts } from './attack.ts'

const TOO_LARGE_TO_CROSS = Array.from({ length: 2 }, () => 'HOST_CALL_ARGUMENT_TOO_LARGE')
const TOO_LARGE = Array.from({ length: 5 }, () => 'FILE_TOO_LARGE')

export const attack = {
  title: 'JSON that grows beyond a file is refused long before it is made',
  threat: 'files',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const leaf = { text: 'x'.repeat(20_000) }
  const wide = Array.from({ length: 5_000 }, () => leaf)
  const codes: any[] = []
  // A date makes the codec write objects one by one, so that shared ones cross once.
  for (const value of [[new Date(0), ...wide], { at: new Date(0), a: [wide], b: wide }, [new Date(0), ...wide.slice(0, 200)]])
    try { codes.push(await ctx.files.writeJson('data/bomb.json', value)) } catch (error: any) { codes.push(error.code) }
  // 500 KB as they cross, a hundred times that as a file with a line for each.
  const deep = Array.from({ length: 490 }).reduce((value: any) => [value], new Array(120_000).fill(0))
  for (const one of await Promise.allSettled([deep, deep, deep, deep].map((value) => ctx.files.writeJson('data/bomb.json', value))))
    codes.push((one as any).reason?.code)
  return [codes, await ctx.files.stat('data/bomb.json')]
}`,
    { needs: "{ files: { data: 'write' } }" },
  ),
  policy: { allow: { files: { data: 'write' } }, limits: { cpu: '5s', memory: '64MiB', hostCallArgument: '16MiB' } },
  isAlone: true,
  growthMiB: 256,
  expect: { status: 'ok', value: [[...TOO_LARGE_TO_CROSS, ...TOO_LARGE], undefined] },
} satisfies Attack
