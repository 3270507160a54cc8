// The oldest form of a timer is a text to be evaluated; other things can be called, or not.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'only functions are timers',
  threat: 'timer',
  source: script(
    ts`() => ['globalThis.x = 1', {}, null, 1, Symbol(), new Proxy({}, {})].map((run: any) => { try { setTimeout(run, 0); return 'set' } catch (error: any) { return error instanceof TypeError ? 'refused' : 'odd' } }).join()`,
  ),
  expect: { status: 'ok', value: 'refused,refused,refused,refused,refused,refused' },
} satisfies Attack
