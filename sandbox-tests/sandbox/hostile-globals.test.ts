// Scripts that patch the builtins before they touch a lazy global: they may break the global for themselves, but the sandbox keeps working,
// nothing of its own reaches them, and plain results still arrive.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { loadGuest } from './guest-realm.ts'

/** Wraps builtins so that they note whatever they are called with and answer with. The notes themselves use nothing that was wrapped. */
const SPY = `const nativeApply = Reflect.apply, nativeConstruct = Reflect.construct, nativeDefine = Object.defineProperty, ownKeysOf = Reflect.ownKeys
const describe = Object.getOwnPropertyDescriptor, hasOwn = Object.hasOwn, indexOf = String.prototype.indexOf
const seen = { __proto__: null, length: 0 }
const note = (value) => { if ((typeof value === 'object' && value !== null) || typeof value === 'function') seen[seen.length++] = value }
const wrap = (run) => function () {
  note(this)
  for (let i = 0; i < arguments.length; i++) note(arguments[i])
  const result = new.target ? nativeConstruct(run, arguments, new.target) : nativeApply(run, this, arguments)
  note(result)
  return result
}
const spy = (owner, key) => {
  const found = describe(owner, key)
  if (found === undefined || !found.configurable) return
  const next = { __proto__: null, configurable: true, enumerable: found.enumerable }
  if (hasOwn(found, 'value')) { next.value = typeof found.value === 'function' ? wrap(found.value) : found.value; next.writable = true }
  if (found.get) next.get = wrap(found.get)
  if (found.set) next.set = wrap(found.set)
  nativeDefine(owner, key, next)
}`

const USES: Readonly<Record<string, string>> = {
  URL: `const u = new URL('http://a/b?c=d'); u.searchParams.append('e', 'f'); u.hash = 'x'; String(u)`,
  URLSearchParams: `String(new URLSearchParams([['a', '%ff']]))`,
  TextEncoder: `new TextEncoder().encode('aé')`,
  TextDecoder: `new TextDecoder().decode(new Uint8Array([65, 255]))`,
  structuredClone: `structuredClone({ a: [new Date(0), new Map([[1, new Set([2])]]), new Uint8Array(2), new Error('x')] })`,
  atob: `atob(btoa('abc'))`,
  AbortController: `const c = new AbortController(); c.signal.addEventListener('abort', () => {}); c.abort(); AbortSignal.any([c.signal])`,
  DOMException: `new DOMException('a', 'AbortError')`,
  crypto: `crypto.getRandomValues(new Uint8Array(4)); crypto.randomUUID()`,
  Headers: `const h = new Headers([['a', 'b']]); h.append('a', 'c'); h.set('d', 'e'); h.delete('d'); h.forEach(() => {}); [...h].length`,
  Response: `const r = new Response(new Uint8Array([65, 66]), { headers: { a: 'b' } }); const c = r.clone(); r.text(); c.json().catch(() => {}); Response.json({ a: 1 }).bytes(); Response.redirect('http://a/')`,
  Request: `const q = new Request('http://a/b', { method: 'post', body: new URLSearchParams('a=b'), signal: AbortSignal.abort(1) }); q.clone().arrayBuffer(); q.signal; new Request(q)`,
  console: `console.log({ a: [1, new Map([[1, 2]]), new Error('x')] })`,
}

/** An object of the guest's own would have one of these. */
const KIT_NAMES = [
  'host',
  'codec',
  'pack',
  'expose',
  'engineError',
  'encodeGraph',
  'pure',
  'failed',
  'thrown',
  'linked',
  'relist',
  'newController',
  'whenAborted',
  'bodyOf',
  'listOf',
  'fromList',
  'partsOf',
  'content',
  'facts',
]

test("nothing of the sandbox's own reaches patched builtins", () => {
  for (const [name, use] of Object.entries(USES)) {
    const body = `${SPY}
      const owners = [Array.prototype, Object, Reflect, Function.prototype, Map.prototype, Set.prototype, String.prototype, String, RegExp.prototype, Promise.prototype,
        Uint8Array.prototype, Object.getPrototypeOf(Uint8Array.prototype), ArrayBuffer, JSON, Number, Math, Date, Error, Iterator.prototype, Object.getPrototypeOf([][Symbol.iterator]())]
      const kitNames = ${JSON.stringify(KIT_NAMES)}, traps = ['host', 'pack', 'exports', 'value', 'get']
      for (let i = 0; i < owners.length; i++) {
        const keys = ownKeysOf(owners[i])
        for (let j = 0; j < keys.length; j++) if (keys[j] !== 'constructor' && keys[j] !== 'prototype') spy(owners[i], keys[j])
      }
      for (let i = 0; i < traps.length; i++) {
        const trap = { __proto__: null, configurable: true, get() { note(this) }, set(value) { note(this); note(value) } }
        nativeDefine(Object.prototype, traps[i], trap)
      }
      let threw
      try { ${use} } catch (error) { threw = typeof error === 'object' ? error.message : error }
      for (let i = 0; i < traps.length; i++) delete Object.prototype[traps[i]]
      let found = '', called = ''
      for (let i = 0; i < seen.length; i++) {
        for (let j = 0; j < kitNames.length; j++) if (hasOwn(seen[i], kitNames[j])) found += kitNames[j] + ' '
        let told
        if (typeof seen[i] === 'function') try { told = seen[i](8, 'url') } catch {}
        if (typeof told === 'string' && nativeApply(indexOf, told, ['urlPack']) >= 0) called += i + ' '
      }
      return { count: seen.length, found, called, threw }`
    const end = loadGuest(body, { limits: { cpuMs: 5_000, memoryBytes: 64 * 1024 * 1024 } }).run()
    assert.is(end.status, 'ok', `${name}: ${JSON.stringify(end).slice(0, 500)}`)
    const { found, called, count } = end.value as { found: string; called: string; count: number }
    assert.equal([found, called, count > 0], ['', '', true], name)
  }
})

const WRECKS: Readonly<Record<string, string>> = {
  arrays: `for (const key of Object.getOwnPropertyNames(Array.prototype)) if (key !== 'length') Array.prototype[key] = () => { throw new Error('patched') }; Array.prototype[Symbol.iterator] = () => { throw new Error('patched') }`,
  'array setters': `for (let i = 0; i < 20; i++) Object.defineProperty(Array.prototype, i, { __proto__: null, get() { throw new Error('patched') }, set() { throw new Error('patched') }, configurable: true })`,
  'object setters': `for (const key of ['value', 'get', 'set', 'writable', 'code', 'message', 'x', 'run', 'self', 'then', 'toJSON']) Object.defineProperty(Object.prototype, key, { __proto__: null, get() { throw new Error('patched') }, set() { throw new Error('patched') }, configurable: true })`,
  functions: `Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () => { throw new Error('patched') }`,
  reflection: `Reflect.apply = Reflect.construct = Object.defineProperty = Object.keys = Object.create = Object.freeze = Object.getPrototypeOf = () => { throw new Error('patched') }`,
  collections: `for (const kind of [Map, Set, WeakMap]) for (const key of Object.getOwnPropertyNames(kind.prototype)) if (typeof Object.getOwnPropertyDescriptor(kind.prototype, key).value === 'function' && key !== 'constructor') kind.prototype[key] = () => { throw new Error('patched') }`,
  strings: `for (const key of Object.getOwnPropertyNames(String.prototype)) if (key !== 'length' && key !== 'constructor') String.prototype[key] = () => { throw new Error('patched') }; String.fromCharCode = () => { throw new Error('patched') }`,
  promises: `Promise.prototype.then = Promise.resolve = () => { throw new Error('patched') }`,
  globals: `for (const key of ['Map', 'Set', 'Uint8Array', 'Error', 'TypeError', 'JSON', 'Reflect', 'Object', 'Array', 'String', 'Promise', 'eval', 'Symbol']) globalThis[key] = undefined`,
  deletion: `delete globalThis.Object; delete globalThis.Reflect; delete globalThis.eval; delete globalThis.JSON; delete globalThis.URL; delete globalThis.console`,
}

test('after any patch the sandbox still takes and gives plain values', () => {
  for (const [name, wreck] of Object.entries(WRECKS)) {
    for (const use of Object.values(USES)) {
      const script = loadGuest(`try { ${use} } catch {}\n return { got: event.list[1] }`, { top: wreck })
      const end = script.run({ list: [1, 2] })
      // The engine's own JSON and promises go through setters on the standard prototypes: what those throw is the script's own doing.
      if (!name.endsWith('setters')) assert.equal([end.status, end.value], ['ok', { got: 2 }], `${name}: ${use}: ${JSON.stringify(end)}`)
      else assert.ok(['ok', 'exception', 'wall_exceeded'].includes(end.status), `${name}: ${use}: ${JSON.stringify(end)}`)
    }
  }
})

test('template literals cannot be made to speak for the sandbox', () => {
  const body = `'use strict'; let name; try { String.prototype.concat = () => 'stolen' } catch (error) { name = error.name }
    return [name, Reflect.defineProperty(String.prototype, 'concat', { value: 1 }), \`a\${1}b\`, 'x'.concat('y'), btoa('z')]`
  assert.equal(loadGuest(body).run().value, ['TypeError', false, 'a1b', 'xy', 'eg=='])
})

test('a global that was made before is as good as ever', () => {
  const end = loadGuest('return [new URL("http://a/b?c").search, btoa("x"), String(new TextDecoder().decode(new Uint8Array([65])))]', {
    touches: ['URL', 'atob', 'btoa', 'TextDecoder'],
    top: 'Object.getPrototypeOf = Reflect.apply = () => { throw new Error("patched") }; Array.prototype.push = String.prototype.slice = Function.prototype.call = undefined',
  }).run()
  assert.equal([end.status, end.value], ['ok', ['?c', 'eA==', 'A']])
})

test('a touch at the edge of the stack leaves nothing half made', () => {
  const body = `let deepest = 0
    const dive = (n) => { deepest = n; try { dive(n + 1) } catch (error) { try { URL; structuredClone; AbortSignal } catch {} throw error } }
    try { dive(0) } catch {}
    return [deepest > 10, new URL('http://a/?b=c').searchParams.get('b'), structuredClone([1]), AbortSignal.abort(1).reason]`
  const end = loadGuest(body, { limits: { stackBytes: 32 * 1024, cpuMs: 5_000 } }).run()
  assert.equal([end.status, end.value], ['ok', [true, 'c', [1], 1]], JSON.stringify(end))
})

test("text of the sandbox's own is not to be had", () => {
  const body = `return [Headers, Request, Response.json, URL, URLSearchParams, TextDecoder.prototype.decode, structuredClone, atob, AbortSignal.timeout, crypto.randomUUID, JSON.parse].map((f) => Function.prototype.toString.call(f)).filter((text) => /kit|host|pure/.test(text))`
  assert.equal(loadGuest(body).run().value, [])
})

test.run()
