// A root with a folder for each script: the attacker looks for the neighbour's.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a folder for each script is nobody else’s, and what is in it stays there',
  threat: 'files',
  source: script(
    ts`async (_event: any, ctx: any) => {
  await ctx.files.write('own/note.txt', 'mine')
  const found: any[] = []
  for (const path of ['own/neighbour/secret.txt', 'own/secret.txt', 'own/{script}/secret.txt', 'own/%2e%2e/neighbour/secret.txt', 'own/../neighbour/secret.txt', 'own/~none/x'])
    try { found.push(await ctx.files.readText(path)) } catch {}
  const names = (await ctx.files.list('own')).entries.map((entry: any) => entry.name)
  return [found, names, await ctx.files.readText('own/note.txt')]
}`,
    { needs: "{ files: { own: 'write' } }" },
  ),
  policy: { allow: { files: { own: 'write' } } },
  expect: { status: 'ok', value: [[], ['note.txt'], 'mine'] },
} satisfies Attack
