// Runs on their way into a lane, whatever comes between: no crowd has more under way than its mode allows, no turn gets lost.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { CrowdTerms } from '../../engine/dispatch/crowds.ts'
import { Entrance } from '../../engine/dispatch/entrance.ts'
import { Lane } from '../../engine/dispatch/lane.ts'
import { OVERLAP_MODES } from '../../engine/model/manifest.ts'

const AT_ONCE = 3

/** A run whose end is in the test's hand. */
class Run {
  state: 'waiting' | 'running' | 'over' = 'waiting'
  code: string | undefined
  /** Told of the end before the place is given back, as observers are. */
  onOver: () => void = () => undefined
  readonly crowds: readonly CrowdTerms[]
  readonly #entrance: Entrance
  readonly #endsAtOnce: boolean

  constructor(lane: Lane, crowds: readonly CrowdTerms[], endsAtOnce: boolean, waiting: number) {
    this.crowds = crowds
    this.#endsAtOnce = endsAtOnce
    this.#entrance = new Entrance(
      { script: 'a', lane, crowds, atOnce: AT_ONCE, waiting },
      {
        begin: () => {
          this.state = 'running'
        },
        onTurnedAway: ({ code }) => this.end(code),
        onReplaced: ({ code }) => {
          this.code ??= code
          if (this.#endsAtOnce || this.state === 'waiting') this.end(code)
        },
      },
    )
    this.#entrance.enter()
  }

  end(code?: string): void {
    if (this.state === 'over') return
    this.state = 'over'
    this.code ??= code
    this.onOver()
    this.#entrance.leave()
  }
}

const crowd = fc.record({
  key: fc.constantFrom('x', 'y'),
  name: fc.constant('"a"'),
  mode: fc.constantFrom(...OVERLAP_MODES),
  most: fc.integer({ min: 1, max: 3 }),
})
const arrival = fc.record({
  kind: fc.constant('arrive' as const),
  crowds: fc.uniqueArray(crowd, { maxLength: 2, selector: ({ key }) => key }).map(inOrder),
  endsAtOnce: fc.boolean(),
})

/** As entrances ask for it: everybody comes to x before y. */
function inOrder(crowds: readonly CrowdTerms[]): readonly CrowdTerms[] {
  return crowds.toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

const end = fc.record({ kind: fc.constant('end' as const), which: fc.nat() })

test('whoever comes and goes, in whatever order: none too many, none forgotten', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(arrival, end), { maxLength: 60 }), fc.constantFrom(2, 1_000), (steps, waiting) => {
      const lane = new Lane()
      const runs: Run[] = []
      const running = (): Run[] => runs.filter(({ state }) => state === 'running')
      for (const step of steps) {
        if (step.kind === 'arrive') runs.push(new Run(lane, step.crowds, step.endsAtOnce, waiting))
        else {
          const left = runs.filter(({ state }) => state !== 'over')
          left[step.which % Math.max(1, left.length)]?.end()
        }
        assert.ok(running().length <= AT_ONCE, 'no more at once than the lane takes')
      }
      for (let i = 0; i < 1_000 && runs.some(({ state }) => state !== 'over'); i++) {
        const next = running()[0]
        assert.ok(next !== undefined, 'somebody who waits is let in when nobody runs')
        next?.end()
      }
      assert.is(lane.waiting, 0)
      for (const key of ['x', 'y']) assert.is(lane.crowds.waiting(key), 0)
      const late = new Run(lane, [{ key: 'x', name: '"a"', mode: 'single', most: 0 }], true, 0)
      assert.is(late.state, 'running', 'everything is as it was before the first')
    }),
    { numRuns: 1_000 },
  )
})

test('of one crowd, one runs at a time; the modes say what becomes of the others', () => {
  for (const mode of ['single', 'restart', 'queued'] as const) {
    const lane = new Lane()
    const terms = [{ key: 'x', name: '"a"', mode, most: 1 }]
    const [first, second, third] = [1, 2, 3].map(() => new Run(lane, terms, false, 1_000)) as [Run, Run, Run]
    const codes = {
      single: [undefined, 'RUN_OVERLAPS', 'RUN_OVERLAPS'],
      restart: ['RUN_REPLACED', 'RUN_REPLACED', undefined],
      queued: [undefined, undefined, 'QUEUE_FULL'],
    }
    assert.equal([first.code, second.code, third.code], codes[mode])
    assert.is(first.state, 'running', 'it is told to end, and has not yet')
    assert.is(third.state === 'running', false)
    first.end()
    assert.is(mode === 'restart' ? third.state : second.state, mode === 'single' ? 'over' : 'running')
  }
})

test('who has the turn of one crowd and waits for another gives it back when it goes', () => {
  const lane = new Lane()
  const x: CrowdTerms = { key: 'x', name: '"a"', mode: 'queued', most: 5 }
  const y: CrowdTerms = { key: 'y', name: '"a"', mode: 'queued', most: 5 }
  const first = new Run(lane, [y], false, 10)
  const second = new Run(lane, [x, y], false, 10)
  const third = new Run(lane, [x], false, 10)
  assert.equal([first.state, second.state, third.state], ['running', 'waiting', 'waiting'])
  second.end()
  assert.is(third.state, 'running')
})

test('a run that is replaced while it comes in, by one that whoever is told of an end sends, holds up nobody', () => {
  const lane = new Lane()
  const crowds: readonly CrowdTerms[] = [{ key: 'x', name: '"a"', mode: 'restart', most: 1 }]
  const first = new Run(lane, crowds, false, 10)
  const second = new Run(lane, crowds, false, 10)
  let fourth: Run | undefined
  second.onOver = () => {
    fourth = new Run(lane, crowds, false, 10)
  }
  const third = new Run(lane, crowds, false, 10)
  assert.equal([first.state, second.state, third.state, fourth?.state], ['running', 'over', 'over', 'waiting'])
  first.end()
  assert.is(fourth?.state, 'running')
  const fifth = new Run(lane, crowds, false, 10)
  fourth?.end()
  assert.is(fifth.state, 'running')
})

test.run()
