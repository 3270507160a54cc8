// Some engines write the stack of whoever waits: functions of the bridge wait for the script.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'the stack of an error after an await names nobody but the script',
  threat: 'escape-promise',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const stacks: string[] = []
  const deep = async (n: number): Promise<void> => { if (n > 0) return await deep(n - 1); await ctx.kv.get('x'); throw new Error('after a call') }
  try { await deep(5) } catch (error: any) { stacks.push(error.stack) }
  try { await Promise.all([deep(1), deep(2)]) } catch (error: any) { stacks.push(error.stack) }
  try { await Promise.any([deep(1)]) } catch (error: any) { stacks.push(error.stack, error.errors[0].stack) }
  await new Promise<void>((yes) => setTimeout(async () => { await null; stacks.push(String(new Error('in a timer').stack)); yes() }, 0))
  for await (const each of (async function* () { yield await ctx.kv.get('x'); stacks.push(String(new Error('in a generator').stack)) })()) void each
  const odd = stacks.flatMap((stack) => stack.split('\n')).filter((line) => /^ +at /.test(line) && /:\d/.test(line) && !/script:\d+:\d+\)?$/.test(line))
  return [stacks.length, odd]
}`,
    { needs: '{ kv: true }' },
  ),
  expect: { status: 'ok', value: [6, []] },
} satisfies Attack
