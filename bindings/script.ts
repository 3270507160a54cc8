// The binding `script`: what a run may know of itself, and what is left of its limits.
import { z } from 'zod'
import type { RunBudget } from '../engine/model/host-call.ts'
import { LIMITS, type LimitName } from '../engine/model/limits.ts'
import type { Binding } from './binding.ts'
import { defineBinding } from './define-binding.ts'
import { steadyClock } from './system-clock.ts'

/** The limits that concern a run; those of the load phase are of no use to it. */
const TOLD = [
  'cpu',
  'wall',
  'memory',
  'output',
  'hostCalls',
  'pendingHostCalls',
  'hostCallArgument',
  'log',
  'timers',
] as const satisfies LimitName[]

const nothing = z.tuple([], { error: 'it takes nothing' })
const whole = z.int().nonnegative()

const info = z.object({
  id: z.string(),
  runId: z.string(),
  event: z.string(),
  tenant: z.string().optional(),
  limits: z.record(z.enum(TOLD.map((name) => LIMITS[name].field)), whole),
})

const remaining = z.object({ cpuMs: whole, wallMs: whole, hostCalls: whole })

const TYPES = `{
  /** Who this run is, and the limits that are in force for it: times in ms, sizes in bytes. \`tenant\` is there where the application has tenants. */
  info(): Promise<{
    id: string
    runId: string
    event: string
    tenant?: string
    limits: { ${TOLD.map((name) => `${LIMITS[name].field}: number`).join('; ')} }
  }>
  /**
   * What is left of the limits that end a run, at the moment of this call: whole milliseconds of computing and of time, and host calls after this one.
   *
   * @example
   * for (const item of items) {
   *   if ((await ctx.script.remaining()).wallMs < 500) break
   *   await work(item)
   * }
   */
  remaining(): Promise<{ cpuMs: number; wallMs: number; hostCalls: number }>
}`

/**
 * The binding `script`: info, remaining.
 *
 * @example
 * const engine = await createEngine({ scripts, bindings: [script()] })
 */
export function script(): Binding {
  return defineBinding(
    'script',
    {
      info: {
        input: nothing,
        output: info,
        handler: ({ script: id, runId, event, tenant, budget: { limits } }) => ({
          id,
          runId,
          event,
          ...(tenant === undefined ? undefined : { tenant }),
          limits: Object.fromEntries(TOLD.map((name) => [LIMITS[name].field, limits[LIMITS[name].field]])) as z.output<
            typeof info
          >['limits'],
        }),
      },
      remaining: { input: nothing, output: remaining, handler: ({ budget }) => remainingOf(budget) },
    },
    { description: 'What a run may know of itself: its names, its limits and what is left of them.', types: TYPES },
  )
}

/** In whole units: a finer clock than the one that scripts have would be one more than they need. */
function remainingOf({ limits, cpuMs, wallDeadline, hostCalls }: RunBudget): z.output<typeof remaining> {
  const left = (amount: number): number => Math.max(0, Math.floor(amount))
  return {
    cpuMs: left(limits.cpuMs - cpuMs),
    wallMs: left(wallDeadline - steadyClock()),
    hostCalls: left(limits.hostCalls - hostCalls),
  }
}
