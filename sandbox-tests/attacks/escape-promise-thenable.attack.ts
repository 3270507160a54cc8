// Whatever has a `then` is awaited: it gets two functions of the bridge, and may call both, often, with anything.
import { type Attack, PROBE, script, ts } from './attack.ts'

export const attack = {
  title: 'a thenable gets the sandbox’s own functions and settles once',
  threat: 'escape-promise',
  source: script(
    ts`() => ({ then(yes: any, no: any) {
  const found = escaped(yes) + escaped(no)
  yes(found || 'safe')
  no(new Error('late'))
  yes('later')
  throw new Error('thrown')
} })`,
    { top: PROBE },
  ),
  expect: { status: 'ok', value: 'safe' },
} satisfies Attack
