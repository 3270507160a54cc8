// Changes the event: the host's object, and what other scripts get, must stay.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a changed event changes nobody else’s',
  threat: 'cross-script',
  source: script(
    ts`(event: any) => { event.n = 666; event.list.push('evil'); delete event.keep; Object.setPrototypeOf(event, null); return event.list.length }`,
  ),
  act: async ({ engine }) => {
    const payload = { n: 1, list: [1], keep: { a: 1 } }
    const [outcome] = (await engine.emit('attack', payload)).outcomes
    if (JSON.stringify(payload) !== '{"n":1,"list":[1],"keep":{"a":1}}') throw new Error(JSON.stringify(payload))
    return outcome === undefined ? [] : [outcome]
  },
  expect: { status: 'ok', value: 2 },
} satisfies Attack
