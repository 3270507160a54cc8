// Standard output carries the protocol: whatever writes to it, to standard error or to a debugger would do.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'there is no way to standard output, standard error or a debugger',
  threat: 'runner',
  source: script(ts`() => {
  const found: string[] = []
  const root: any = globalThis
  for (const name of ['print', 'printErr', 'putstr', 'write', 'quit', 'gc', 'load', 'read', 'readline', 'd8', 'v8debug', 'Debug', 'alert', 'std', 'os', 'scriptArgs', 'process', 'Deno', 'Bun', 'external', 'chrome', '__inspect', 'inspect', 'log'])
    if (root[name] !== undefined) found.push(name)
  const known = new Set(['debug', 'log', 'info', 'warn', 'error', 'trace'])
  for (const key of [...Reflect.ownKeys(console), ...Reflect.ownKeys(Object.getPrototypeOf(console))]) {
    const value = (console as any)[key]
    if (typeof value === 'function' && value !== Object.prototype[key as keyof object] && !known.has(String(key))) { try { value.call(console, 'x'); value('x') } catch {} }
    if (/^(memory|context|profile|profileEnd|timeStamp|takeHeapSnapshot|createTask)$/.test(String(key))) found.push('console.' + String(key))
  }
  for (const code of ['%DebugPrint(1)', '%SystemBreak()', '%GetOptimizationStatus(() => 1)', '%Abort(1)']) { try { (0, eval)(code); found.push(code) } catch (error) { if (!(error instanceof SyntaxError)) found.push(String(error)) } }
  for (const code of ['debugger', '//# sourceMappingURL=file:///etc/passwd\n1', '#!/bin/sh\n1', '"use asm"; function f() { "use asm"; return {} } f()']) { try { (0, eval)(code) } catch (error) { if (!(error instanceof SyntaxError)) found.push(String(error)) } }
  for (let i = 0; i < 500; i++) console.error('E'.repeat(1000))
  console.error(new Error('x'.repeat(100000)))
  return found.join() || 'safe'
}`),
  policy: { limits: { cpu: '2s' } },
  isAlone: true,
  expect: [
    { status: 'ok', value: 'safe' },
    { status: 'ok', value: 'safe' },
  ],
} satisfies Attack
