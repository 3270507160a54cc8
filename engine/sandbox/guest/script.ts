// The script inside its sandbox: what its default export declares, and the handler of each event.
import type { Kit } from './kit.ts'

/** Adds `load`, `grant` (which makes `ctx`), `handler` to the kit. Needs `call`, `failed`, `read`. */
export function scriptPart(kit: Kit): void {
  const { parse, stringify } = JSON
  const { apply } = Reflect
  const { freeze, keys } = Object
  const { isArray } = Array
  const { slice } = String.prototype
  type Handler = NonNullable<ReturnType<Kit['handler']>>
  const handlers = kit.table<Handler>()
  let everything: Handler | undefined
  const { host } = kit
  const RUN_ID = 9
  const MOST_NODES = 5_000
  const DEEPEST = 8
  let room = 0

  /** JSON of a value, with `{"$": type}` for what JSON cannot write; bounded, so that a hostile default export stays small. */
  const portray = (value: unknown, depth: number): string => {
    if (--room < 0 || depth > DEEPEST) return '{"$":"too much"}'
    if (typeof value === 'string') return stringify(apply(slice, value, [0, 1_024]))
    if (value === null || typeof value === 'boolean' || (typeof value === 'number' && value - value === 0)) return '' + value
    if (typeof value !== 'object') return '{"$":"' + typeof value + '"}'
    let json = ''
    if (isArray(value)) {
      for (let i = 0; i < value.length && room > 0; i++) json += (i === 0 ? '' : ',') + portray(value[i], depth + 1)
      return '[' + json + ']'
    }
    const names = keys(value)
    for (let i = 0; i < names.length && room > 0; i++) {
      const name = names[i] as string
      json += (i === 0 ? '' : ',') + stringify(apply(slice, name, [0, 256])) + ':'
      json += portray((value as Record<string, unknown>)[name], depth + 1)
    }
    return '{' + json + '}'
  }
  /** A schedule's event is called after it: "every 5m", whether the script writes `5m` or `every 5m`. */
  const take = (table: unknown, prefix: string): void => {
    if (typeof table !== 'object' || table === null) return
    const names = keys(table)
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string
      const value = kit.read(table, name)
      const run = typeof value === 'object' && value !== null ? kit.read(value, 'run') : value
      const event = prefix === apply(slice, name, [0, prefix.length]) ? name : prefix + name
      if (typeof run === 'function') handlers[event] = { self: run === value ? table : value, run: run as Handler['run'] }
    }
  }
  const subscribe = (script: unknown): void => {
    if (typeof script === 'function') {
      everything = { self: undefined, run: script as Handler['run'] }
      return
    }
    if (typeof script !== 'object' || script === null) return
    take(kit.read(script, 'on'), '')
    take(kit.read(script, 'every'), 'every ')
    everything = handlers['*']
  }
  kit.handler = (event) => handlers[event] ?? everything
  kit.load = (module) => {
    let script: unknown
    // Code that does not parse comes as its error.
    if (typeof module !== 'function') return kit.failed(module)
    try {
      module((value) => {
        script = value
      })
      room = MOST_NODES
      const portrait = portray(script, 0)
      subscribe(script)
      return portrait
    } catch (error) {
      return kit.failed(error)
    }
  }
  // Made with everything else that does not depend on the script: where each run has a realm of its own, that counts.
  const ctx = {
    get event() {
      return kit.event
    },
    get runId() {
      return host(RUN_ID, '')
    },
    log: kit.log,
    get signal() {
      return kit.signal()
    },
  } as Record<string, unknown>
  kit.grant = (json) => {
    const shape = parse(json) as { bindings: Record<string, string[]>; log: boolean }
    kit.logs = shape.log
    const names = keys(shape.bindings)
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string
      const methods = shape.bindings[name] as string[]
      const namespace = kit.table<unknown>()
      for (let j = 0; j < methods.length; j++) {
        const method = methods[j] as string
        namespace[method] = (...values: unknown[]) => kit.call(name + '.' + method, values)
        // What the web calls a fetch: its arguments and its answer are more than plain data.
        if (name === 'http' && method === 'fetch')
          namespace[method] = (...values: unknown[]) => apply(kit.pack('response')['fetch'] as () => unknown, undefined, values)
      }
      ctx[name] = freeze(namespace)
    }
    kit.ctx = freeze(ctx)
  }
}
