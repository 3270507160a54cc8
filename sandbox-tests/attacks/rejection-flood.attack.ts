// 50,000 rejections that nobody handles, with hostile reasons.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'rejections that nobody handles end nothing',
  threat: 'rejection',
  source: script(ts`() => {
  for (let i = 0; i < 50000; i++) void Promise.reject(i % 2 ? null : { get stack() { throw 1 } })
  void (async () => { throw new Error('unhandled') })()
  Promise.reject(new Proxy({}, { get() { throw 1 } }))
  return 'done'
}`),
  policy: { limits: { cpu: '5s', memory: '64MiB' } },
  expect: { status: 'ok', value: 'done' },
} satisfies Attack
