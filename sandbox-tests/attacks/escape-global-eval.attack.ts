// eval, indirect eval and Function give code of any form; scope is what counts.
import { type Attack, PROBE, script, ts } from './attack.ts'

export const attack = {
  title: 'code made at run time sees what the script sees, and no more',
  threat: 'escape-global',
  source: script(
    ts`() => {
  let found = seenBy((text: string) => () => eval('(() => {' + text + '})()'))
  found += seenBy((text: string) => () => (0, eval)('(() => {' + text + '})()'))
  found += seenBy((text: string) => new Function(text))
  const names = 'kit host define exports stringify apply handlers namespaces pending calls room codec script secret argv base'.split(' ')
  for (const name of names) if ((0, eval)('typeof ' + name) !== 'undefined') found += name + ' '
  return found || 'safe'
}`,
    { top: PROBE },
  ),
  expect: { status: 'ok', value: 'safe' },
} satisfies Attack
