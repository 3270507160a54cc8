// Host calls: in parallel, in sequence, refused, failed, too many, after the end.
import type { Programs } from '../program.ts'

/** See the head of the file. */
export const HOST_CALLS: Programs = {
  'in sequence': { body: `let n = 0; for (let i = 0; i < 5; i++) n = await ctx.host.add(n, i); return n`, value: 10, hostCalls: 5 },
  'in parallel': { body: `return await Promise.all([1, 2, 3].map((n) => ctx.host.add(n, n)))`, value: [2, 4, 6], hostCalls: 3 },
  'slow and fast, in the order of their answers': {
    body: `const log = []; const s = ctx.host.slow('slow').then((v) => log.push(v)); const f = ctx.host.echo('fast').then((v) => log.push(v)); await Promise.all([s, f]); return log`,
    value: ['fast', 'slow'],
    hostCalls: 2,
  },
  'raced; the loser’s answer is dropped': {
    body: `return await Promise.race([ctx.host.slow('slow'), ctx.host.echo('fast')])`,
    value: 'fast',
    hostCalls: 2,
  },
  'calls in answers to calls': {
    body: `return await ctx.host.echo(1).then((a) => ctx.host.echo(a + 1)).then(async (b) => b + (await ctx.host.echo(10)))`,
    value: 12,
    hostCalls: 3,
  },
  'microtasks between two answers': {
    body: `const log = []; const a = ctx.host.echo('a').then((v) => { log.push(v); queueMicrotask(() => log.push('micro')) }); const b = ctx.host.slow('b').then((v) => log.push(v)); await a; log.push('awaited'); await b; return log`,
    value: ['a', 'micro', 'awaited', 'b'],
  },
  'answers that arrive together': {
    body: `const log = []; await Promise.all([0, 1, 2, 3].map(async (i) => { await ctx.host.echo(i); log.push(i); await null; log.push('m' + i) })); return log`,
    value: [0, 'm0', 1, 'm1', 2, 'm2', 3, 'm3'],
  },
  'a call that fails on the host tells nothing of it': {
    body: `try { await ctx.host.fail() } catch (e) { return [e.name, e.message, e.code, e instanceof Error, Object.keys(e), 'cause' in e, JSON.stringify(e)] }`,
    value: ['Error', 'host.fail failed on the host.', 'HOST_FAILURE', true, ['code'], false, '{"code":"HOST_FAILURE"}'],
    hostCalls: 1,
  },
  'a call that the host refuses': {
    body: `try { await ctx.host.refuse('not today') } catch (e) { return [e.message, e.code] }`,
    value: ['not today', 'REFUSED'],
  },
  'a refusal that nobody catches': {
    body: `await null\nawait ctx.host.refuse('so there')`,
    status: 'exception',
    error: { code: 'REFUSED', message: 'so there' },
  },
  'a failure that nobody catches': {
    body: `const list = [1]\nreturn await Promise.all(list.map(() => ctx.host.fail()))`,
    status: 'exception',
    error: { code: 'HOST_FAILURE' },
  },
  'arguments that do not fit': { body: `try { await ctx.host.add(1, 'two') } catch (e) { return [e.code, e.message] }` },
  'too few and too many arguments': {
    body: `const of = async (f) => { try { return await f() } catch (e) { return e.code } }; return [await of(() => ctx.host.add(1)), await of(() => ctx.host.add(1, 2, 3)), await of(() => ctx.host.nothing()), await of(() => ctx.host.nothing(undefined))]`,
  },
  'arguments that cannot cross': {
    body: `const of = async (f) => { try { return await f() } catch (e) { return [e.code, e.message] } }; class A {} return [await of(() => ctx.host.echo(() => 1)), await of(() => ctx.host.echo({ a: [Symbol()] })), await of(() => ctx.host.echo(new A())), await of(() => ctx.host.echo(new Error('x'))), await of(() => ctx.host.echo(Promise.resolve(1)))]`,
    value: [
      ['ARGUMENT_NOT_PLAIN', 'An argument cannot leave the sandbox: argument 1 is a function.'],
      ['ARGUMENT_NOT_PLAIN', 'An argument cannot leave the sandbox: argument 1.a[0] is a symbol.'],
      ['ARGUMENT_NOT_PLAIN', 'An argument cannot leave the sandbox: argument 1 is an instance of a class.'],
      ['ARGUMENT_NOT_PLAIN', 'An argument cannot leave the sandbox: argument 1 is an instance of a class.'],
      ['ARGUMENT_NOT_PLAIN', 'An argument cannot leave the sandbox: argument 1 is an instance of a class.'],
    ],
    hostCalls: 0,
  },
  'an argument whose getter throws': {
    body: `try { await ctx.host.echo({ get x() { throw new RangeError('read') } }) } catch (e) { return [e.name, e.message, e.code] }`,
    value: ['RangeError', 'read', undefined],
    hostCalls: 0,
  },
  'an argument that is too large': {
    body: `try { await ctx.host.echo('x'.repeat(2000)) } catch (e) { return [e.code, e.message] }`,
    policy: { limits: { hostCallArgument: '1KiB' } },
    value: ['HOST_CALL_ARGUMENT_TOO_LARGE', 'The arguments of a host call are larger than 1KiB (limit "hostCallArgument").'],
    hostCalls: 0,
  },
  'too many calls at once': {
    body: `const all = await Promise.allSettled(Array.from({ length: 6 }, (_, i) => ctx.host.slow(i))); return all.map((s) => s.value ?? s.reason.code)`,
    policy: { limits: { pendingHostCalls: 4 } },
    value: [0, 1, 2, 3, 'PENDING_HOST_CALLS_EXCEEDED', 'PENDING_HOST_CALLS_EXCEEDED'],
    hostCalls: 4,
  },
  'too many calls in all': {
    body: `try { for (let i = 0; ; i++) await ctx.host.echo(i) } catch (e) { return 'caught' } finally { console.log('never') }`,
    policy: { limits: { hostCalls: 3 } },
    status: 'host_calls_exceeded',
    error: { code: 'HOST_CALLS_EXCEEDED' },
    hostCalls: 3,
    logs: [],
  },
  'no calls at all': { body: `await ctx.host.echo(1)`, policy: { limits: { hostCalls: 0 } }, status: 'host_calls_exceeded', hostCalls: 0 },
  'a large answer': { body: `const all = await ctx.host.many(5000); return [all.length, all[4999]]`, value: [5000, { i: 4999 }] },
  'nothing as an answer': { body: `return [await ctx.host.nothing()]`, value: [undefined] },
  'what ctx and its parts are': {
    body: `const of = (f) => { try { f(); return 'done' } catch (e) { return e.name } }; return [Object.keys(ctx), Object.keys(ctx.host).sort(), Object.isFrozen(ctx), Object.isFrozen(ctx.host), Object.getPrototypeOf(ctx.host), of(() => { ctx.x = 1 }), of(() => { ctx.host.add = 1 }), of(() => { delete ctx.log }), typeof ctx.runId, ctx.event.endsWith('/go'), ctx.signal === ctx.signal, ctx.signal.aborted, typeof ctx.kv, ctx.host.add.name, ctx.host.add.length, String(ctx), ctx.host.add(1, 1) instanceof Promise, ctx.nope]`,
  },
  'methods without their object': {
    body: `const { add } = ctx.host; const { info } = ctx.log; info('loose'); return [await add(1, 2), await [3].map(ctx.host.echo)[0].catch((e) => e.code)]`,
    logs: [['info', 'loose']],
  },
  'a call that is made and not awaited': { body: `ctx.host.echo('lost'); return 'done'`, value: 'done', hostCalls: 1 },
  'a call in a timer, in a finally, in a getter': {
    body: `const log = []; await new Promise((r) => setTimeout(async () => { log.push(await ctx.host.echo('timer')); r() }, 1)); try { throw 1 } catch { log.push(await ctx.host.echo('catch')) } finally { log.push(await ctx.host.echo('finally')) } const o = { get g() { return ctx.host.echo('getter') } }; log.push(await o.g); for await (const x of (async function* () { yield await ctx.host.echo('gen') })()) log.push(x); return log`,
    value: ['timer', 'catch', 'finally', 'getter', 'gen'],
    hostCalls: 5,
  },
  'a replaced Promise does not see host calls': {
    body: `const seen = []; const Own = Promise; const then = Promise.prototype.then; globalThis.Promise = class extends Own { constructor(f) { seen.push('made'); super(f) } }; const p = ctx.host.echo(1); globalThis.Promise = Own; return [await p, seen, p instanceof Own, p.constructor === Own]`,
    value: [1, [], true, true],
  },
  'calls with replaced builtins': {
    body: `const own = { stringify: JSON.stringify, parse: JSON.parse, map: Array.prototype.map, keys: Object.keys, set: Map.prototype.set }; JSON.stringify = JSON.parse = Object.keys = Array.prototype.map = Map.prototype.set = () => { throw new Error('replaced') }; try { return [await ctx.host.echo({ a: [1, new Map([])] }), await ctx.host.add(1, 2)] } finally { JSON.stringify = own.stringify; JSON.parse = own.parse; Array.prototype.map = own.map; Object.keys = own.keys; Map.prototype.set = own.set }`,
    value: [{ a: [1, new Map()] }, 3],
  },
  'setters on prototypes do not see calls': {
    body: `const seen = []; for (const k of ['ok', 'value', 'code', 'message', 'id', 'name', 'args', 'site', 'yes', 'run']) Object.defineProperty(Object.prototype, k, { __proto__: null, set(v) { seen.push(k) }, get() { return undefined }, configurable: true }); let r; try { r = await ctx.host.echo([1, { value: 2 }]); await ctx.host.refuse('x').catch(() => 0) } finally { for (const k of ['ok', 'value', 'code', 'message', 'id', 'name', 'args', 'site', 'yes', 'run']) delete Object.prototype[k] } return [r, seen]`,
  },
}
