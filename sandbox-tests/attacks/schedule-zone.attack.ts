// A time zone that a careless pattern tries to read in more ways than there are seconds, on the host's own thread; and one that is like no name and as long as a book.
import { type Attack, ts } from './attack.ts'

export const attack = {
  title: 'the name of a time zone takes no time to refuse',
  threat: 'schedule',
  source: {
    main: ts`export default { every: { '0 8 * * *': { timeZone: 'A' + '+'.repeat(200) + '!', run: () => 1 } }, on: { attack: () => 1 } }`,
    'zone-long.ts': ts`export default { every: { '0 8 * * *': { timeZone: 'Europe/'.repeat(20_000), run: () => 1 } }, on: { other: () => 1 } }`,
    'zone-minus.ts': ts`export default { every: { '0 8 * * *': { timeZone: 'Etc/' + '-+'.repeat(45) + ' ', run: () => 1 } }, on: { other: () => 1 } }`,
  },
  load: { code: 'MANIFEST_INVALID', message: /a time zone like "Europe\/Berlin" or "UTC"/ },
  expect: { status: 'load_failed', code: 'MANIFEST_INVALID' },
} satisfies Attack
