// Says hello, and counts how often. Try it: vivarium run hello --data fixtures/hello.json
import { defineScript } from 'vivarium/script'

interface Hello {
  readonly name?: string
}

export default defineScript({
  name: 'Hello',
  // A request: policy.yaml says what is granted. Everything that a script can reach is in ctx.
  needs: { kv: true },
  on: {
    async hello({ name = 'world' }: Hello, ctx) {
      const times: number = await ctx.kv.increment(`hello:${name}`)
      ctx.log.info('said hello', { name, times })
      return { greeting: `Hello, ${name}!`, times }
    },
  },
})
