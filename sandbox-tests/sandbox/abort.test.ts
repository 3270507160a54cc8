// Events and cancellation as in Node; what a listener throws is logged, and the host's cancellation reaches ctx.signal.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { guestValue, loadGuest } from './guest-realm.ts'
import { sameInNode } from './same-in-node.ts'

test('events are told as in Node', async () => {
  await sameInNode([
    `(() => { const t = new EventTarget(); const seen = []; const f = function (e) { seen.push([e.type, this === t, e.target === t, e.currentTarget === t, e.eventPhase, e.composedPath().length, e.isTrusted, e instanceof Event]) }
      t.addEventListener('x', f); t.addEventListener('x', f); t.addEventListener('x', f, false); t.addEventListener('x', f, { capture: false }); const e = new Event('x'); t.dispatchEvent(e); t.removeEventListener('x', f); t.dispatchEvent(e); return [seen, e.currentTarget, e.eventPhase, e.composedPath().length, e.target === t] })()`,
    `(() => { const t = new EventTarget(); const seen = []; t.addEventListener('x', () => seen.push(1), { once: true }); t.addEventListener('x', { handleEvent(e) { seen.push([this.tag, e.type]) }, tag: 'o' }); t.dispatchEvent(new Event('x')); t.dispatchEvent(new Event('x')); return seen })()`,
    `(() => { const t = new EventTarget(); const seen = []; t.addEventListener('x', (e) => { seen.push(1); e.stopImmediatePropagation() }); t.addEventListener('x', () => seen.push(2)); t.dispatchEvent(new Event('x')); return seen })()`,
    `(() => { const t = new EventTarget(); t.addEventListener('x', (e) => e.preventDefault()); return [t.dispatchEvent(new Event('x')), t.dispatchEvent(new Event('x', { cancelable: true })), t.dispatchEvent(new Event('y', { cancelable: true }))] })()`,
    `(() => { const t = new EventTarget(); t.addEventListener('x', (e) => e.preventDefault(), { passive: true }); const e = new Event('x', { cancelable: true }); return [t.dispatchEvent(e), e.defaultPrevented] })()`,
    `(() => { const t = new EventTarget(); const c = new AbortController(); const seen = []; t.addEventListener('x', () => seen.push(1), { signal: c.signal }); t.dispatchEvent(new Event('x')); c.abort(); t.dispatchEvent(new Event('x')); t.addEventListener('x', () => seen.push(2), { signal: c.signal }); t.dispatchEvent(new Event('x')); return seen })()`,
    `((e) => [e.type, e.bubbles, e.cancelable, e.composed, e.defaultPrevented, e.target, e.currentTarget, e.eventPhase, e.isTrusted, e.composedPath()])(new Event(5, { bubbles: 1, composed: true }))`,
    `new Event()`,
    `new Event(Symbol())`,
    `new Event('x', 1)`,
    `Event('x')`,
    `new EventTarget().dispatchEvent({ type: 'x' })`,
    `new EventTarget().addEventListener('x')`,
    `new EventTarget().addEventListener('x', 1)`,
    `new EventTarget().addEventListener('x', null)`,
    `new EventTarget().addEventListener('x', () => 1, { signal: {} })`,
    `EventTarget.prototype.addEventListener.call({}, 'x', () => 1)`,
    `Object.getOwnPropertyDescriptor(Event.prototype, 'type').get.call({})`,
    `[String(new Event('x')), String(new EventTarget()), Event.AT_TARGET, Event.name]`,
    `(() => { class Own extends EventTarget {}; const t = new Own(); let seen; t.addEventListener('x', (e) => { seen = e.detail }); t.dispatchEvent(Object.assign(new (class More extends Event {})('x'), { detail: 4 })); return seen })()`,
  ])
})

test('signals abort as in Node', async () => {
  await sameInNode([
    `((s) => [s.aborted, s.reason.name, s.reason.message, s.reason.code, s.reason instanceof DOMException])(AbortSignal.abort())`,
    `AbortSignal.abort('why').reason`,
    `AbortSignal.abort(undefined).reason.name`,
    `AbortSignal.abort(null).reason`,
    `AbortSignal.abort().throwIfAborted()`,
    `new AbortController().signal.throwIfAborted()`,
    `(() => { const c = new AbortController(); const seen = []; c.signal.onabort = function (e) { seen.push('on', this === c.signal, e.type, e.isTrusted) }; c.signal.addEventListener('abort', () => seen.push('listener', c.signal.aborted)); c.abort(1); c.abort(2); return [seen, c.signal.reason, c.signal.onabort !== null] })()`,
    `(() => { const c = new AbortController(); const seen = []; c.signal.onabort = () => seen.push(1); c.signal.onabort = () => seen.push(2); c.signal.onabort = null; c.signal.onabort = () => seen.push(3); c.abort(); return seen })()`,
    `(() => { const [a, b] = [new AbortController(), new AbortController()]; const any = AbortSignal.any([a.signal, b.signal]); const all = AbortSignal.any([any]); const seen = []; any.onabort = () => seen.push('any', all.aborted, b.signal.aborted); a.signal.onabort = () => seen.push('a', any.aborted); b.abort(5); a.abort(6); return [seen, any.reason, all.reason, a.signal.reason] })()`,
    `AbortSignal.any([AbortSignal.abort(1), AbortSignal.abort(2)]).reason`,
    `AbortSignal.any([]).aborted`,
    `AbortSignal.any(new Set([AbortSignal.abort(3)])).reason`,
    `AbortSignal.any([1])`,
    `AbortSignal.any(1)`,
    `AbortSignal.any()`,
    `AbortSignal.timeout(-1)`,
    `AbortSignal.timeout()`,
    `new AbortSignal()`,
    `AbortSignal()`,
    `Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted').get.call(new EventTarget())`,
    `AbortController.prototype.abort.call({})`,
    `[String(new AbortController()), String(new AbortController().signal), new AbortController().signal instanceof EventTarget]`,
    `(() => { const c = new AbortController(); return c.signal === c.signal })()`,
  ])
})

test('where Node goes its own way, the standard stands: order of dependents, listeners told apart by capture, none that come during a dispatch', () => {
  const order = `const c = new AbortController(); const any = AbortSignal.any([c.signal]); const all = AbortSignal.any([any]); const seen = []
    all.onabort = () => seen.push('all'); any.onabort = () => seen.push('any'); c.signal.onabort = () => seen.push('source'); c.abort(); return seen`
  assert.equal(guestValue(order), ['source', 'any', 'all'])
  const late = `const t = new EventTarget(); const seen = []; const g = () => seen.push('g')
    t.addEventListener('x', () => { seen.push('f'); t.removeEventListener('x', g); t.addEventListener('x', () => seen.push('h')) }); t.addEventListener('x', g)
    t.dispatchEvent(new Event('x')); t.dispatchEvent(new Event('x')); return seen`
  assert.equal(guestValue(late), ['f', 'f', 'h'])
  const capture = `const t = new EventTarget(); let n = 0; const f = () => n++; t.addEventListener('x', f); t.addEventListener('x', f, true)
    t.dispatchEvent(new Event('x')); t.removeEventListener('x', f, true); t.dispatchEvent(new Event('x')); return n`
  assert.is(guestValue(capture), 3)
})

test('DOMException is that of Node', async () => {
  await sameInNode([
    `((e) => [e.name, e.message, e.code, String(e), e instanceof Error, Object.keys(e), typeof e.stack])(new DOMException('m', 'DataCloneError'))`,
    `((e) => [e.name, e.message, e.code])(new DOMException())`,
    `((e) => [e.name, e.message, e.code, e.cause])(new DOMException('m', { name: 'X', cause: 1 }))`,
    `'cause' in new DOMException('m', {})`,
    `['IndexSizeError', 'NotFoundError', 'SyntaxError', 'AbortError', 'TimeoutError', 'QuotaExceededError', 'DataCloneError', 'toString'].map((name) => new DOMException('', name).code)`,
    `DOMException('m')`,
    `new DOMException(Symbol())`,
    `Object.getOwnPropertyDescriptor(DOMException.prototype, 'name').get.call(new Error())`,
    `Object.prototype.toString.call(new DOMException())`,
  ])
})

test('what a listener throws is logged, and the others still hear', () => {
  const end = loadGuest(`const t = new EventTarget(); const seen = []
    t.addEventListener('x', () => { throw new Error('broken') }); t.addEventListener('x', () => seen.push(1)); t.dispatchEvent(new Event('x')); return seen`).run()
  assert.equal(end.value, [1])
  assert.equal(
    end.logs.map(({ level, message }) => [level, message]),
    [['error', 'Uncaught Error: broken']],
  )
})

test('an event cannot be dispatched while it is', () => {
  const body = `const t = new EventTarget(); const e = new Event('x'); let name; t.addEventListener('x', () => { try { t.dispatchEvent(e) } catch (error) { name = [error.name, error.code] } }); t.dispatchEvent(e); return name`
  assert.equal(guestValue(body), ['InvalidStateError', 11])
})

test("a timeout aborts by the sandbox's own timers, whatever a script made of setTimeout", async () => {
  const end = await loadGuest(`globalThis.setTimeout = () => { throw 1 }; const signal = AbortSignal.timeout(3)
    await new Promise((yes) => signal.addEventListener('abort', yes)); return [signal.reason.name, signal.reason.message, signal.reason.code]`).runToEnd()
  assert.equal(end.value, ['TimeoutError', 'The operation was aborted due to timeout', 23])
})

test("the host's cancellation reaches ctx.signal as an AbortError with its words", () => {
  const end =
    loadGuest(`ctx.signal.addEventListener('abort', (e) => ctx.log.info(JSON.stringify([ctx.signal.reason.name, ctx.signal.reason.message, e.isTrusted, ctx.signal instanceof AbortSignal])))
    await new Promise(() => {})`).cancel('shutting down')
  assert.is(end.status, 'cancelled')
  assert.is(end.logs[0]?.message, '["AbortError","shutting down",true,true]')
})

test.run()
