// Turns: how many work at once, on what, and who is next.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Turn, Turns } from '../../bindings/turns.ts'

const { signal } = new AbortController()
const turnOf = (owner: string, key: string, more: Partial<Turn> = {}): Turn => ({ owner, key, max: 1, signal, ...more })
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('many that wait for one owner hold up no other, and each owner’s come in order', async () => {
  const turns = new Turns(1)
  const order: string[] = []
  const take = (owner: string, key: string, name: string) => turns.take(turnOf(owner, key), async () => void order.push(name))
  const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2'].map((name) => take(name[0] ?? '', 'root', name))
  all.push(take('a', 'other root', 'a5'), take('c', 'other root', 'c1'))
  await Promise.all(all)
  assert.equal(order, ['a1', 'a2', 'b1', 'c1', 'a5', 'b2', 'a3', 'a4'])
})

test('whoever gives up before its turn never begins, and is told the signal’s reason', async () => {
  const turns = new Turns(1)
  const first = Promise.withResolvers<void>()
  const end = new AbortController()
  let begun = 0
  const working = turns.take(turnOf('a', 'k'), () => first.promise)
  const count = async () => void begun++
  const waiting = [1, 2, 3].map(() => turns.take(turnOf('a', 'k', { signal: end.signal }), count))
  const other = turns.take(turnOf('a', 'k'), count)
  end.abort('over')
  for (const one of waiting) assert.is(await one.catch((reason: unknown) => reason), 'over')
  assert.is(await turns.take(turnOf('b', 'l', { signal: end.signal }), count).catch((reason: unknown) => reason), 'over')
  first.resolve()
  await Promise.all([working, other])
  assert.is(begun, 1)
})

test('a turn that is entered outlives its signal, ends when its owner leaves, and only once', async () => {
  const turns = new Turns(1)
  const end = new AbortController()
  const leave = await turns.enter(turnOf('a', 'k', { signal: end.signal }))
  end.abort('over')
  const order: string[] = []
  const enter = async (owner: string) => {
    const next = await turns.enter(turnOf(owner, owner, { max: 2 }))
    order.push(owner)
    return next
  }
  const [first, second] = [enter('b'), enter('c')]
  await tick()
  assert.equal(order, [], 'nobody waits for the work any more, and still it goes on')
  leave()
  leave()
  const leaveFirst = await first
  await tick()
  assert.equal(order, ['b'], 'who leaves twice gives one turn')
  leaveFirst()
  const leaveSecond = await second
  leaveSecond()
  assert.equal(order, ['b', 'c'])
})

test('work that is taken and turns that are entered wait in one row, owner by owner', async () => {
  const turns = new Turns(1)
  const order: string[] = []
  const enter = async (owner: string): Promise<void> => {
    const leave = await turns.enter(turnOf(owner, owner))
    order.push(owner)
    setImmediate(leave)
  }
  const take = (owner: string): Promise<void> => turns.take(turnOf(owner, owner), async () => void order.push(owner))
  const held = await turns.enter(turnOf('slow', 'slow'))
  const all = [enter('slow'), take('slow'), enter('slow'), take('other'), enter('slow'), enter('third'), enter('other')]
  held()
  await Promise.all(all)
  assert.equal(order, ['slow', 'other', 'third', 'slow', 'other', 'slow', 'slow'])
})

test('more on one key than there is room for in all waits too, and who gives up leaves nothing behind', async () => {
  const turns = new Turns(2)
  const leaves = [await turns.enter(turnOf('a', 'a', { max: 3 })), await turns.enter(turnOf('a', 'a', { max: 3 }))]
  const end = new AbortController()
  const third = turns.enter(turnOf('a', 'a', { max: 3, signal: end.signal }))
  end.abort(new Error('enough'))
  assert.is(await third.catch((error: Error) => error.message), 'enough')
  for (const leave of leaves) leave()
  const again = [await turns.enter(turnOf('b', 'b')), await turns.enter(turnOf('c', 'c'))]
  for (const leave of again) leave()
})

test('however many come and fail, no more work at once than may, and everybody has a turn', async () => {
  const comer = fc.record({
    owner: fc.constantFrom('a', 'b', 'c'),
    key: fc.constantFrom('k', 'l', ''),
    rounds: fc.integer({ min: 0, max: 3 }),
    fails: fc.boolean(),
  })
  const property = fc.asyncProperty(fc.array(comer, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), async (comers, most) => {
    const turns = new Turns(most)
    const at = new Map<string, number>()
    let active = 0
    let done = 0
    const work = async ({ key, rounds, fails }: (typeof comers)[number]) => {
      active++
      at.set(key, (at.get(key) ?? 0) + 1)
      assert.ok(active <= most && (key === '' || at.get(key) === 1))
      for (let round = 0; round < rounds; round++) await tick()
      active--
      at.set(key, (at.get(key) ?? 0) - 1)
      done++
      if (fails) throw new TypeError('failed')
    }
    const max = (key: string) => (key === '' ? Number.POSITIVE_INFINITY : 1)
    const settled = await Promise.allSettled(
      comers.map((one) => turns.take(turnOf(one.owner, one.key, { max: max(one.key) }), () => work(one))),
    )
    for (const result of settled) if (result.status === 'rejected') assert.is((result.reason as Error).message, 'failed')
    assert.is(done, comers.length)
  })
  await fc.assert(property, { numRuns: 50 })
})

test.run()
