// Programs over everything that a script finds inside: whatever they come to, they must come to it in every placement, to the last digit.

/** Name → body of an async handler `(n, ctx)`; run for the payload 7, with `ctx.host.echo`, `ctx.host.slow` and `ctx.host.fail`. */
export const API_PROGRAMS: { readonly [name: string]: string } = {
  'Math.random': 'return Array.from({ length: 20 }, () => Math.random())',
  'Math.random over host calls': 'const a = Math.random(); await ctx.host.echo(1); return [a, Math.random()]',
  randomUUID: 'return Array.from({ length: 5 }, () => crypto.randomUUID())',
  getRandomValues:
    'return [crypto.getRandomValues(new Uint8Array(65536)), crypto.getRandomValues(new Uint32Array(4)), crypto.getRandomValues(new BigInt64Array(2))]',
  'getRandomValues of too much': 'crypto.getRandomValues(new Uint8Array(65537))',
  'Date, frozen':
    'const a = Date.now(); for (let i = 0; i < 1e5; i++); return [a, Date.now(), new Date().toISOString(), Date() === String(new Date())]',
  'Date, after a host reply': 'const a = Date.now(); await ctx.host.echo(1); return Date.now() >= a',
  'Date in local time':
    'const d = new Date(2026, 6, 1, 12); return [d.getTimezoneOffset(), d.toISOString(), d.toString(), d.toLocaleString(), Date.parse("2026-02-30")]',
  'performance.now':
    'const a = performance.now(); for (let i = 0; i < 1e5; i++); return [a, performance.now() - a, typeof performance.timeOrigin]',
  'performance.now, after a timer':
    'const a = performance.now(); await new Promise((r) => setTimeout(r, 3)); return performance.now() >= a',
  'setTimeout in order':
    'const seen = []; const at = (ms) => new Promise((r) => setTimeout(() => { seen.push(ms); r() }, ms)); await Promise.all([at(20), at(1), at(10), at(0)]); return seen.sort((a, b) => a - b)',
  'setTimeout with arguments': 'return await new Promise((r) => setTimeout((...all) => r(all), 1, 1, "two", [3]))',
  clearTimeout:
    'let fired = 0; clearTimeout(setTimeout(() => fired++, 1)); clearTimeout(99); clearTimeout(undefined); await new Promise((r) => setTimeout(r, 5)); return fired',
  setInterval:
    'return await new Promise((r) => { let i = 0; const id = setInterval(() => { if (++i === 4) { clearInterval(id); r(i) } }, 1) })',
  'a timer within a timer': 'return await new Promise((r) => setTimeout(() => setTimeout(() => r("inner"), 1), 1))',
  'a timer that throws': 'setTimeout(() => { throw new Error("in a timer") }, 1); await new Promise((r) => setTimeout(r, 15)); return "on"',
  'microtasks in order':
    'const seen = []; queueMicrotask(() => seen.push(2)); Promise.resolve().then(() => seen.push(3)); seen.push(1); await 0; await 0; return seen',
  'a microtask that throws': 'queueMicrotask(() => { throw new TypeError("in a microtask") }); await 0; await 0; return "on"',
  'an unhandled rejection': 'void Promise.reject(new Error("nobody")); await new Promise((r) => setTimeout(r, 2)); return "on"',
  'console of every level':
    'console.debug("d"); console.log("l", 1, { a: [n] }); console.info("i"); console.warn("w", null); console.error("e", new Error("x").message)',
  'console with substitutions': 'console.log("%s is %d, %i, %f, %j, %o %%", "n", 7, 7.9, 7.5, { a: 1 }, [1])',
  'console of odd values':
    'console.log(undefined, null, -0, NaN, 1n, Symbol("s"), () => 1, class A {}, new Map([[1, 2]]), new Set([1]), new Date(0), /x/g, new Uint8Array(3))',
  'console of a circle': 'const o = { a: 1 }; o.self = o; console.log(o)',
  'ctx.log with fields':
    'ctx.log.debug("d"); ctx.log.info("i", { n, list: [1, "two"], at: new Date(0) }); ctx.log.warn("w", {}); ctx.log.error("e", { big: 12n })',
  structuredClone:
    'const m = new Map([[{ a: 1 }, new Set([1n])]]); const o = { m, d: new Date(5), u: new Uint8Array([1, 2]), r: /x/gi, e: new RangeError("r") }; o.self = o; const c = structuredClone(o); return [c.self === c, c !== o, [...c.m.values()][0].has(1n), c.d.getTime(), [...c.u], String(c.r), c.e.name, c.e.message]',
  'structuredClone of a function': 'return structuredClone({ f() {} })',
  URL: 'const u = new URL("../b?x=1&y=%20#h", "https://user:pw@exämple.org:8443/a/c/"); u.searchParams.append("z", "ü &"); return [u.href, u.host, u.origin, u.pathname, [...u.searchParams], URL.canParse("no url"), JSON.stringify(u)]',
  'URL that is none': 'return new URL("no url")',
  URLSearchParams:
    'const p = new URLSearchParams({ b: "2", a: "1 +&" }); p.sort(); p.append("a", "3"); return [String(p), p.getAll("a"), p.has("b", "2"), p.size]',
  TextEncoder: 'const e = new TextEncoder(); return [e.encode("aé漢🌍\\ud800"), e.encodeInto("🌍x", new Uint8Array(4))]',
  TextDecoder:
    'return [new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 0xf0, 0x9f, 0x8c, 0x8d, 0xff])), new TextDecoder("utf-16le").decode(new Uint8Array([0x61, 0, 0x3c, 0xd8])), new TextDecoder("latin1").encoding]',
  'TextDecoder, fatal': 'return new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([0xff]))',
  'TextDecoder, streaming':
    'const d = new TextDecoder(); return [d.decode(new Uint8Array([0xf0, 0x9f]), { stream: true }), d.decode(new Uint8Array([0x8c, 0x8d]))]',
  'atob and btoa': 'return [btoa("\\x00\\xffhello"), atob(" AP9o ZWxsbw== "), atob("")]',
  'atob of what is none': 'return atob("a")',
  'btoa of wide text': 'return btoa("漢")',
  AbortController:
    'const c = new AbortController(); const seen = []; c.signal.addEventListener("abort", (e) => seen.push(e.type, c.signal.reason.name)); c.abort(); c.abort("again"); return [seen, c.signal.aborted]',
  'AbortSignal.any and timeout':
    'const c = new AbortController(); const any = AbortSignal.any([c.signal, AbortSignal.timeout(5)]); await new Promise((r) => any.addEventListener("abort", r)); return [any.reason.name, c.signal.aborted]',
  throwIfAborted: 'AbortSignal.abort(new TypeError("mine")).throwIfAborted()',
  'host calls in parallel': 'return await Promise.all(Array.from({ length: 10 }, (_, i) => i % 2 ? ctx.host.slow(i) : ctx.host.echo(i)))',
  'host calls, raced': 'return await Promise.race([ctx.host.slow("slow"), ctx.host.echo("fast")])',
  'host calls, all settled':
    'return (await Promise.allSettled([ctx.host.echo(1), ctx.host.fail()])).map((s) => [s.status, s.value, s.reason?.code, s.reason?.message])',
  'a host call that fails': 'await ctx.host.fail()',
  'a host call that nobody awaits': 'void ctx.host.echo("lost"); return "done"',
  'kinds over the wall and back':
    'const all = { u: undefined, n: NaN, z: -0, i: -Infinity, b: 2n ** 70n, d: new Date(1), m: new Map([["k", new Set([1])]]), y: new Uint8Array([0, 255]), s: "\\u2028\\ud800\\n" }; all.me = all; return await ctx.host.echo(all)',
  'an own error':
    'class Mine extends Error { name = "Mine"; code = "MY_CODE" } function deep() { throw new Mine("own", { cause: new Error("why") }) } deep()',
  'a thrown text': 'throw "just text"',
  'a thrown nothing': 'throw undefined',
  'an aggregate error':
    'try { await Promise.any([Promise.reject(new Error("a")), Promise.reject(new Error("b"))]) } catch (e) { return [e instanceof AggregateError, e.errors.map(String)] }',
  'stack overflow, caught': 'const f = () => 1 + f(); try { f() } catch (e) { return [e instanceof RangeError, e.name] }',
  'a result with a getter that throws': 'return { get a() { throw new Error("no") } }',
  generators:
    'async function* g() { for (let i = 0; i < 3; i++) yield await ctx.host.echo(i) } const all = []; for await (const x of g()) all.push(x); return all',
  'proxies and Reflect':
    'const p = new Proxy({ a: 1 }, { get: (t, k) => k in t ? t[k] : String(k), ownKeys: () => ["a", "b"], getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: 3 }) }); return [p.x, Object.keys(p), Reflect.ownKeys(p)]',
  'sorting, JSON, regular expressions':
    'return [[3, 1, 2].toSorted(), JSON.stringify({ a: [undefined, NaN] }), "a1b22".replace(/(?<d>\\d+)/g, "<$<d>>"), [..."x1y2".matchAll(/[a-z](\\d)/g)].map((m) => m.index), "ß".localeCompare("z")]',
  'weak references':
    'const held = { a: 1 }; const w = new WeakRef(held); const m = new WeakMap(); const k = {}; m.set(k, 1); return [w.deref()?.a, m.get(k)]',
  'own code':
    'return [new Function("a", "return a * 2")(n), (0, eval)("6 * 7"), typeof globalThis, typeof process, typeof require, typeof fetch]',
}
