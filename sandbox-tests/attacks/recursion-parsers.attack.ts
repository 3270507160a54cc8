// Depth for parsers: JSON, eval, Function, regular expressions.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'deep texts end as errors that a script may catch',
  threat: 'recursion',
  source: script(ts`() => {
  const deep = (open: string, close: string, n = 50000) => open.repeat(n) + close.repeat(n)
  const ways = [() => JSON.parse(deep('[', ']')), () => eval(deep('(', ')')), () => new Function('return ' + deep('[', ']')), () => eval(deep('{', '}')), () => new RegExp(deep('(', ')')), () => eval('1' + '+1'.repeat(50000)),
    () => eval(deep('a=>', '1', 20000)), () => { let a: any = []; for (let i = 0; i < 50000; i++) a = [a]; return JSON.stringify(a) }, () => { let a: any = []; for (let i = 0; i < 50000; i++) a = [a]; return structuredClone(a) }, () => { let a: any = []; for (let i = 0; i < 50000; i++) a = [a]; return a.flat(Infinity).length }, () => eval('x' + '?.y'.repeat(50000))]
  let odd = ''
  for (const [i, way] of ways.entries()) { try { way() } catch (error: any) { if (!(error instanceof Error)) odd += i + ' ' } }
  return odd || 'safe'
}`),
  policy: { limits: { cpu: '9s', memory: '64MiB' } },
  skip: { inline: 'a deep stack of the host’s own thread is the host’s' },
  expect: { status: 'ok', value: 'safe' },
} satisfies Attack
