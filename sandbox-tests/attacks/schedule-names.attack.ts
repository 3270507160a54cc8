// Schedules whose names would be something else in a log, or take the place of an event.
import { type Attack, ts } from './attack.ts'

export const attack = {
  title: 'a schedule is named on one line, in characters that can be seen',
  threat: 'schedule',
  source: ts`export default { every: { ['every\n5m']: () => 1 }, on: { attack: () => 1 } }`,
  load: { code: 'MANIFEST_INVALID', message: /must be named with printable characters on one line/ },
  expect: { status: 'load_failed', code: 'MANIFEST_INVALID' },
} satisfies Attack
