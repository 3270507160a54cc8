// Dangerous names where the engine keeps tables by name: events, needs, the script itself.
import type { Attack } from './attack.ts'

export const attack = {
  title: 'dangerous names of events and needs are names like any other',
  threat: 'pollution',
  source: `export default { needs: { ['__proto__']: true, constructor: true }, on: { attack: () => 1, ['__proto__']: () => 2, constructor: () => 3 } }`,
  act: async ({ engine, fire }) => {
    if ('polluted' in {} || engine.scripts().some(({ grant }) => Object.keys(grant).includes('constructor'))) throw new Error('granted')
    return [await fire(), ...(await engine.emit('constructor', {})).outcomes, ...(await engine.emit('hasOwnProperty', {})).outcomes]
  },
  load: { code: 'PERMISSION_DENIED' },
  expect: [
    { status: 'denied', code: 'PERMISSION_DENIED' },
    { status: 'denied', code: 'PERMISSION_DENIED' },
  ],
} satisfies Attack
