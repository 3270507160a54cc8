// V8 calls Error.prepareStackTrace with call sites, some of which once led out of sandboxes.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'nothing calls back with call sites',
  threat: 'escape-error',
  source: script(ts`() => {
  let called = 0
  ;(Error as any).prepareStackTrace = (_error: any, sites: any) => { called++; return sites }
  ;(Error as any).stackTraceLimit = Infinity
  const error: any = new Error('x')
  const target: any = {}
  if ('captureStackTrace' in Error) (Error as any).captureStackTrace(target)
  let found = ''
  for (const stack of [error.stack, target.stack]) {
    if (Array.isArray(stack)) for (const site of stack) for (const way of ['getFunction', 'getThis', 'getEvalOrigin']) if (typeof site[way] === 'function' && site[way]() !== undefined) found += way + ' '
  }
  return found || 'safe'
}`),
  expect: { status: 'ok', value: 'safe' },
} satisfies Attack
