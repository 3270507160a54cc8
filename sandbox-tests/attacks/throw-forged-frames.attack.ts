// A stack of the attacker's own writing, with places of the host and places that do not exist.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'frames are believed only where they are the script’s own',
  threat: 'throw',
  source: script(ts`() => {
  const error = new Error('x')
  error.stack = 'Error: x\n    at evil (/etc/passwd:1:1)\n    at evil (file:///etc/ssh/id_rsa:1:1)\n    at evil (script:99999999:1)\n    at evil (script:1:1)\n    at evil (neighbour:1:1)\n    at <eval> (script:-1:0)\n' + '    at x (script:1:2)\n'.repeat(100000)
  throw error
}`),
  expect: {
    status: 'exception',
    check: ({ error }) => {
      if (/passwd|id_rsa|neighbour/.test(JSON.stringify(error)) || (error?.stack ?? '').split('\n').length > 30)
        throw new Error(error?.stack)
    },
  },
} satisfies Attack
