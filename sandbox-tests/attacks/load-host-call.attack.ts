// There is no ctx at load; timers, log and randomness are tried instead.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'the load phase has no capability',
  threat: 'load',
  source: script('() => tried', {
    top: ts`
  const tried: string[] = []
  for (const [name, run] of Object.entries({ timer: () => setTimeout(() => 1, 0), interval: () => setInterval(() => 1, 0), abort: () => AbortSignal.timeout(5), log: () => console.log('at load'), clock: () => Date.now() }))
    try { tried.push(name + ' ' + (run() ?? 'done')) } catch (error: any) { tried.push(name + ' ' + error.code) }`,
  }),
  expect: {
    status: 'ok',
    value: ['timer LOAD_HOST_CALL', 'interval LOAD_HOST_CALL', 'abort LOAD_HOST_CALL', 'log done', 'clock 946684800000'],
    check: ({ logs }) => {
      if (logs.length > 0) throw new Error('logged at load')
    },
  },
} satisfies Attack
