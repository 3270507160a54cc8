// Keys: whatever is pressed, in whatever order, the view stays whole and no picture is larger than the screen.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { widthOf } from '../../../cli/dev/columns.ts'
import { DevSession } from '../../../cli/dev/dev-session.ts'
import { type Key, press } from '../../../cli/dev/keys.ts'
import { LogTail } from '../../../cli/dev/log-tail.ts'
import { drawMain, type View } from '../../../cli/dev/main-view.ts'
import { drawOverlay } from '../../../cli/dev/overlays.ts'
import { firstState, type ViewState } from '../../../cli/dev/view-state.ts'
import { createEngine, memoryStore } from '../../../engine/index.ts'

const NAMES = [
  'up',
  'down',
  'left',
  'right',
  'pageup',
  'pagedown',
  'return',
  'escape',
  'backspace',
  'space',
  ...'abcfhjklopqrsx123?/.'.split(''),
]
const keys: fc.Arbitrary<Key> = fc.oneof(
  fc.constantFrom(...NAMES).map((name) => ({ name, sequence: name.length === 1 ? name : '' })),
  fc.constantFrom('c', 'd', 'l', 'u', 'z').map((name) => ({ name, ctrl: true })),
  fc.string().map((sequence) => ({ sequence })),
)

async function openSession() {
  const engine = await createEngine({
    scripts: memoryStore({
      'bad.js': 'throw new Error("no")',
      'good.js': 'export default { on: { go: (event, ctx) => { ctx.log.warn("x".repeat(300)); return event.list.length } } }',
      'much/deeper/down/with-a-long-name/index.js': 'export default () => ({ text: "世界".repeat(200) })',
    }),
  })
  const session = new DevSession({ engine, kindOf: () => 'event', signal: new AbortController().signal, clock: () => 1_700_000_000_000 })
  return { engine, session }
}

test('no picture is larger than the screen, whatever was pressed', async () => {
  const { engine, session } = await openSession()
  for (const payload of [{}, { list: [] }, null]) await session.send({ event: 'go', payload, script: undefined, from: 'here' })
  session.typesChecked({
    status: 'problems',
    problems: [{ file: 'a.ts', line: 1, column: 1, endLine: 1, endColumn: 2, code: 'TS1', message: 'no\n  way' }],
  })
  assert.ok(session.failures.length >= 4)
  const menu: ViewState['overlay'] = { kind: 'menu', script: 'good', index: 0, choices: [{ label: 'x', problem: 'y', fixture: undefined }] }
  fc.assert(
    fc.property(
      fc.array(keys, { maxLength: 20 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 100 }),
      (pressed, rows, columns) => {
        let state: ViewState = { ...firstState(), selected: 'good' }
        const { scripts, failures } = session
        for (const key of pressed) {
          const next = press(key, state, { scripts, failures, page: 5 })
          state = next.act?.do === 'open-menu' ? { ...next.state, overlay: menu } : next.state
          const view: View = { session, state, size: { rows, columns }, directory: 'scripts' }
          const lines = drawOverlay(view)?.lines ?? drawMain(view)
          assert.ok(lines.length <= rows, `${lines.length} lines in ${rows} rows`)
          for (const line of lines) assert.ok(widthOf(line) <= columns, `"${line}" in ${columns} columns`)
        }
      },
    ),
    { numRuns: 30 },
  )
  session[Symbol.dispose]()
  await engine.close()
})

test('what failed last is sent again to the script that failed, and what was sent last to all', async () => {
  const { engine, session } = await openSession()
  assert.is(session.sendFailed(), undefined)
  assert.is(await session.send({ event: 'go', payload: {}, script: undefined, from: '' }), 2)
  assert.is(await session.sendFailed(), 1)
  assert.is(session.last?.script, 'good')
  assert.equal(session.runs.total, { runs: 3, ok: 1 })
  session.clear()
  assert.equal(session.runs.total, { runs: 0, ok: 0 })
  assert.equal(
    session.failures.map(({ kind }) => kind),
    ['load'],
  )
  session[Symbol.dispose]()
  await engine.close()
})

test('the log keeps its end, and filters by script, level and text', () => {
  const log = new LogTail()
  for (let at = 0; at < 30_000; at++)
    log.add({ at, source: at % 2 === 0 ? 'even' : 'odd', level: at % 3 === 0 ? 'error' : 'info', text: `Line ${at}` })
  const all = { script: undefined, level: undefined, text: undefined }
  assert.ok(log.count(all) <= 10_000)
  assert.equal(
    log.last(2, all).map(({ at }) => at),
    [29_998, 29_999],
  )
  assert.equal(
    log.last(2, all, 1).map(({ at }) => at),
    [29_997, 29_998],
  )
  assert.equal(
    log.last(1, { script: 'even', level: 'warn', text: 'line 2999' }).map(({ at }) => at),
    [29_994],
  )
  assert.equal(log.last(5, { ...all, text: 'nothing of it' }), [])
})

test.run()
