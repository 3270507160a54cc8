// Comments that say something to other tools: source maps, HTML comments, directives, a hashbang, a byte order mark.
import { type Attack, ts } from './attack.ts'

export const attack = {
  title: 'comments and marks mean nothing',
  threat: 'transpile',
  source: ts`// @ts-nocheck
/*! */ /* @license */ // # sourceURL=/etc/passwd
'use asm'
export default { on: { attack: () => { throw new Error('here') }, normal: (event: any) => event.n + 1 } } // */ })()
//# sourceMappingURL=data:application/json,{"version":3,"sources":["/etc/passwd"],"mappings":"AAAA"}
//# sourceURL=/etc/passwd
`,
  expect: {
    status: 'exception',
    check: ({ error }) => {
      if (error?.location?.line !== 4 || /passwd/.test(`${error?.stack}${error?.location?.file}`)) throw new Error(JSON.stringify(error))
    },
  },
} satisfies Attack
