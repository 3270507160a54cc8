// Old functions know who called them: arguments.callee, caller, and the `this` of sloppy code.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'no function of the bootstrap is reachable as a caller',
  threat: 'escape-constructor',
  source: script(ts`function (this: any, event: any) {
  let found = ''
  const tryOut = (name: string, look: () => any) => {
    try {
      const value = look()
      if (value !== undefined && value !== null) found += name + ' '
    } catch (error) {
      if (!(error instanceof TypeError)) found += name + ' foreign error '
    }
  }
  const sloppy = new Function('return { caller: arguments.callee.caller, self: arguments.callee, that: this }')
  tryOut('caller', () => sloppy().caller)
  tryOut('self', () => (sloppy().self === sloppy ? undefined : 1))
  tryOut('that', () => (sloppy().that === globalThis ? undefined : 1))
  tryOut('own caller', () => (sloppy as any).caller)
  tryOut('this', () => (Object.keys(this).join() === 'attack,normal' ? undefined : 1))
  tryOut('Function.caller', () => Object.getOwnPropertyDescriptor(Function.prototype, 'caller')!.get!.call(sloppy))
  return found || 'safe'
}`),
  expect: { status: 'ok', value: 'safe' },
} satisfies Attack
