// ctx.log and console: fire and forget, one line a call.
import type { Kit } from './kit.ts'

/** Adds `log`, `logs`, `write` and `guarded` to the kit. Needs `codec`, `show`, `expose`. */
export function consolePart(kit: Kit): void {
  const { stringify } = JSON
  const { freeze } = Object
  const { apply } = Reflect
  const { host } = kit
  const LOG = 1
  const MOST_CHARS = 65_536

  kit.logs = true
  kit.write = (level, message, data) => {
    if (!kit.logs) return
    let entry = '' + level + stringify(kit.show(message))
    if (data !== undefined) {
      const wire = kit.codec.encode(data, MOST_CHARS)
      entry += '\n' + (wire.ok ? wire.text : stringify(kit.show(data)))
    }
    host(LOG, entry)
  }
  kit.guarded = (run, values) => {
    try {
      apply(run, undefined, values)
    } catch (error) {
      kit.write(3, 'Uncaught ' + kit.show(error), undefined)
    }
  }
  const log =
    (level: number) =>
    (message?: unknown, data?: unknown): void =>
      kit.write(level, message, data)
  kit.log = freeze({ debug: log(0), info: log(1), warn: log(2), error: log(3) })

  const join = (values: unknown[]): string => {
    let line = ''
    for (let i = 0; i < values.length; i++) line += (i === 0 ? '' : ' ') + kit.show(values[i])
    return line
  }
  const line =
    (level: number) =>
    (...values: unknown[]): void =>
      kit.write(level, join(values), undefined)
  kit.expose('console', {
    debug: line(0),
    trace: line(0),
    log: line(1),
    info: line(1),
    dir: line(1),
    table: line(1),
    warn: line(2),
    error: line(3),
    assert: (claim?: unknown, ...values: unknown[]) => {
      if (!claim) kit.write(3, 'Assertion failed: ' + join(values), undefined)
    },
  })
}
