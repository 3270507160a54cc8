// Subclasses and lookalikes of the kinds that cross.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'only true dates, maps and sets cross as such',
  threat: 'result-kind',
  source: script(ts`(event: any) => {
  class Evil extends Date { getTime() { for (;;); return 1 } }
  const values: any = { subclass: new Evil(0), fake: Object.create(Date.prototype), fakeMap: Object.create(Map.prototype), swapped: Object.setPrototypeOf(new Map([[1, 2]]), Set.prototype) }
  const date = new Date(5)
  date.getTime = date.valueOf = date.toJSON = (() => 'evil') as any
  return event.kind === 'own' ? date : values[event.kind]
}`),
  act: async ({ fire }) => [
    await fire({ kind: 'subclass' }),
    await fire({ kind: 'fake' }),
    await fire({ kind: 'fakeMap' }),
    await fire({ kind: 'swapped' }),
    await fire({ kind: 'own' }),
  ],
  expect: [
    { status: 'exception', code: 'RESULT_NOT_PLAIN' },
    { status: 'exception', code: 'EXCEPTION' },
    { status: 'exception', code: 'EXCEPTION' },
    { status: 'exception', code: 'EXCEPTION' },
    { status: 'ok', value: new Date(5) },
  ],
} satisfies Attack
