// Errors that say what the engine says when it cuts a run.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'an error that claims to be a limit is a plain exception',
  threat: 'throw',
  source: script(ts`(event: any) => {
  const errors: any = {
    interrupted: Object.assign(new Error('interrupted'), { name: 'InternalError' }),
    overflow: new RangeError('stack overflow'),
    memory: Object.assign(new Error('out of memory'), { name: 'InternalError' }),
    cpu: Object.assign(new Error('The run computed for longer than 50 ms (limit "cpu").'), { status: 'cpu_exceeded', code: 'EXCEPTION' }),
    v8: new RangeError('Maximum call stack size exceeded'),
    timeout: new Error('Script execution timed out.'),
    text: 'S{"name":"RangeError"}',
  }
  throw errors[event.kind]
}`),
  act: async ({ fire }) => {
    const outcomes = []
    for (const kind of ['interrupted', 'overflow', 'memory', 'cpu', 'v8', 'timeout', 'text']) outcomes.push(await fire({ kind }))
    return outcomes
  },
  expect: Array.from({ length: 7 }, () => ({ status: 'exception', code: 'EXCEPTION', check: () => undefined }) as const),
} satisfies Attack
