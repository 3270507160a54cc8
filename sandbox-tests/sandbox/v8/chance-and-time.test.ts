// Chance and time are the same on both runtimes: the same seed gives the same numbers, the same moment is written the same way.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { onBoth } from './both-runtimes.ts'

const HEX = fc.stringMatching(/^[0-9a-f]{48}$/)

test('Math.random gives the same numbers for the same seed', () => {
  fc.assert(
    fc.property(HEX, (seed) => {
      const { quickjs, v8 } = onBoth('return Array.from({ length: 200 }, Math.random)', null, seed)
      assert.equal(v8, quickjs)
    }),
    { numRuns: 40, examples: [['0'.repeat(48)], ['f'.repeat(48)], [`00000001${'0'.repeat(40)}`]] },
  )
})

test('crypto gives the same bytes for the same seed', () => {
  const { quickjs, v8 } = onBoth(
    'return [crypto.randomUUID(), crypto.getRandomValues(new Uint8Array(100)), crypto.randomUUID()]',
    null,
    'a7'.repeat(24),
  )
  assert.equal(v8, quickjs)
})

test('moments are written alike', () => {
  const body = `const shown = (date) => [date.getTime(), String(date), date.toString(), date.toDateString(), date.toTimeString(), date.toUTCString(), isNaN(date) ? '' : date.toISOString(),
      JSON.stringify(date), date.getTimezoneOffset(), date.getDay(), date.getHours(), date.getFullYear(), \`\${date}\`, date + '', +date]
    return event.map((time) => shown(new Date(time)))`
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -8.64e15, max: 8.64e15 }), { maxLength: 20 }), (times) => {
      const { quickjs, v8 } = onBoth(body, times)
      assert.equal(v8, quickjs)
    }),
    { numRuns: 30, examples: [[[0, -1, 1e12, 951_782_400_000, 8.64e15, -8.64e15, 8.64e15 + 1]]] },
  )
})

test('the constructor of dates is the same function to look at and to call', () => {
  const body = `class Later extends Date { next() { return this.getTime() + 1 } }
    const attempt = (f) => { try { return f() } catch (error) { return error.name } }
    return [Date.name, Date.length, Date(), typeof Date(), new Date().getTime(), Date.now(), new Later().next(), new Later(5).next(), new Later() instanceof Date, new Date(2020, 1, 2).getTime(),
      new Date(2020, 1, 2, 3, 4, 5, 6).getTime(), Date.UTC(2020, 1), Date.parse('2020-01-01T00:00:00Z'), new Date('2020-01-01').getTime(), new Date(undefined).getTime(), new Date(null).getTime(),
      new Date(new Date(7)).getTime(), Date.prototype.constructor === Date, Object.getPrototypeOf(new Date()) === Date.prototype, Object.getOwnPropertyNames(Date).sort(), Reflect.construct(Date, [9]).getTime(),
      attempt(() => Date.prototype.toString.call({})), attempt(() => new Date(Symbol())), attempt(() => new Date(1n)), Object.prototype.toString.call(new Date()), new Date(NaN) + '']`
  const { quickjs, v8 } = onBoth(body)
  assert.equal(v8, quickjs)
})

test('time stands still, and goes on with the host', () => {
  const body =
    'const a = [Date.now(), performance.now()]; for (let i = 0; i < 1e6; i++); return [a, Date.now(), performance.now(), new Date().getTime()]'
  const { quickjs, v8 } = onBoth(body)
  assert.equal(v8, quickjs)
})

test.run()
