// A handler of an event that is called like a schedule: it would be given what another script's schedule is.
import { type Attack, ts } from './attack.ts'

export const attack = {
  title: 'no event is called like a schedule',
  threat: 'schedule',
  source: ts`export default { on: { 'every 5m': () => 1, attack: () => 1 } }`,
  load: { code: 'MANIFEST_INVALID', message: /names that begin with "every " are those of schedules/ },
  expect: { status: 'load_failed', code: 'MANIFEST_INVALID' },
} satisfies Attack
