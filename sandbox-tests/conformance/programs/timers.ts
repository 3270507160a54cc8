// Timers and microtasks: order, arguments, clearing, errors in them.
import type { Programs } from '../program.ts'

/** See the head of the file. */
export const TIMERS: Programs = {
  'timers fire in order of their time': {
    body: `const log = []; const at = (ms, n) => new Promise((r) => setTimeout(() => { log.push(n); r() }, ms)); await Promise.all([at(60, 'c'), at(1, 'a'), at(30, 'b'), at(90, 'd')]); return log`,
    value: ['a', 'b', 'c', 'd'],
  },
  'timers of the same time fire in order of their making': {
    body: `const log = []; await Promise.all([5, 5, 5, 5].map((ms, i) => new Promise((r) => setTimeout(() => { log.push(i); r() }, ms)))); return log`,
    value: [0, 1, 2, 3],
  },
  'microtasks go before timers': {
    body: `const log = []; const done = new Promise((r) => setTimeout(() => { log.push('timer'); Promise.resolve().then(() => log.push('micro in timer')).then(r) }, 0)); queueMicrotask(() => log.push('micro')); log.push('sync'); await done; return log`,
    value: ['sync', 'micro', 'timer', 'micro in timer'],
  },
  'microtasks run between two timers': {
    body: `const log = []; setTimeout(() => { log.push('t1'); queueMicrotask(() => log.push('m1')) }, 1); await new Promise((r) => setTimeout(() => { log.push('t2'); r() }, 1)); return log`,
    value: ['t1', 'm1', 't2'],
  },
  'arguments, this and what is returned': {
    body: `return await new Promise((done) => { const id = setTimeout(function (...a) { done([a, this === undefined, typeof id]) }, 1, 'x', { y: 1 }, undefined) })`,
    value: [['x', { y: 1 }, undefined], true, 'number'],
    notInNode: 'there timers are objects',
  },
  'cleared timers do not fire': {
    body: `const log = []; const a = setTimeout(() => log.push('a'), 1), b = setInterval(() => log.push('b'), 1); clearTimeout(a); clearInterval(b); clearTimeout(a); clearTimeout(); clearTimeout('x'); clearTimeout(-1); const c = setTimeout(() => log.push('c'), 1); clearInterval(c); await new Promise((r) => setTimeout(r, 15)); return log`,
    value: [],
  },
  'a timer clears another that is due as well': {
    body: `const log = []; let b; const a = setTimeout(() => { log.push('a'); clearTimeout(b) }, 2); b = setTimeout(() => log.push('b'), 2); await new Promise((r) => setTimeout(r, 20)); return log`,
    value: ['a'],
  },
  'intervals repeat until they are cleared': {
    body: `const log = []; await new Promise((r) => { const id = setInterval((x) => { log.push(x + log.length); if (log.length === 3) { clearInterval(id); r() } }, 1, 'i') }); await new Promise((r) => setTimeout(r, 10)); return log`,
    value: ['i0', 'i1', 'i2'],
  },
  'delays of every kind': {
    body: `const log = []; const at = (ms, n) => new Promise((r) => setTimeout(() => { log.push(n); r() }, ms)); await Promise.all([at(-5, 'negative'), at(NaN, 'nan'), at(undefined, 'none'), at('1', 'text'), at(null, 'null'), at(0.5, 'fraction')]); return log.sort()`,
    value: ['fraction', 'nan', 'negative', 'none', 'null', 'text'],
  },
  'what timers refuse': {
    body: `const of = (f) => { try { return typeof f() } catch (e) { return e.name } }; return [of(() => setTimeout()), of(() => setTimeout('code', 1)), of(() => setInterval(null)), of(() => queueMicrotask()), of(() => queueMicrotask('x'))]`,
    value: ['TypeError', 'TypeError', 'TypeError', 'TypeError', 'TypeError'],
  },
  'an error in a timer is logged, and the run goes on': {
    body: `setTimeout(() => { throw new Error('in a timer') }, 1); await new Promise((r) => setTimeout(r, 15)); return 'on'`,
    value: 'on',
    logs: [['error', 'Uncaught Error: in a timer']],
    notInNode: 'there it ends the process',
  },
  'an error in a microtask is logged, and the run goes on': {
    body: `queueMicrotask(() => { throw new TypeError('in a microtask') }); queueMicrotask(() => { throw 'text' }); await null; await null; return 'on'`,
    value: 'on',
    logs: [
      ['error', 'Uncaught TypeError: in a microtask'],
      ['error', 'Uncaught text'],
    ],
    notInNode: 'there it ends the process',
  },
  'a timer in a timer, and promises between': {
    body: `const log = []; await new Promise((r) => setTimeout(async () => { log.push(1); await null; log.push(2); await new Promise((q) => setTimeout(q, 1)); log.push(3); r() }, 1)); return log`,
    value: [1, 2, 3],
  },
  'too many timers are refused': {
    body: `const out = []; for (let i = 0; i < 6; i++) try { out.push(typeof setTimeout(() => 1, 1000)) } catch (e) { out.push(e.code, e.message, e.name) } return out`,
    policy: { limits: { timers: 4 } },
    value: [
      'number',
      'number',
      'number',
      'number',
      'TIMERS_EXCEEDED',
      'More than 4 timers are set at once (limit "timers").',
      'Error',
      'TIMERS_EXCEEDED',
      'More than 4 timers are set at once (limit "timers").',
      'Error',
    ],
    notInNode: 'there is no limit',
  },
  'setImmediate and process are not there': {
    body: `return [typeof setImmediate, typeof process, typeof module, typeof fetch, typeof Buffer, typeof global, typeof self, typeof window, typeof importScripts, typeof print, typeof std, typeof os, typeof gc, typeof vivarium, typeof ivm, typeof scriptArgs, typeof bjson]`,
    value: Array.from({ length: 17 }, () => 'undefined'),
    notInNode: 'there some are',
  },
}
