// Asks the register of contributors whether the author of a pull request has signed the contributor licence agreement.
import { defineScript, type ScriptContext } from 'vivarium/script'
import { isBot, type PullRequestDelivery } from './lib/github.ts'

const REGISTER = 'https://cla.example.com/signatures'
/** A signature stays; who has not signed yet may do so any moment. */
const REMEMBER_SIGNED = '1d'
const REMEMBER_UNSIGNED = '30s'

type Context = ScriptContext<'http' | 'cache'>

export default defineScript({
  name: 'CLA check',
  needs: { http: ['GET cla.example.com'], cache: true },
  on: {
    'pull_request.opened': check,
    'pull_request.reopened': check,
    'pull_request.synchronize': check,
  },
})

async function check({ pull_request: pull }: PullRequestDelivery, ctx: Context) {
  if (!pull.user || isBot(pull.user)) return { check: 'cla', conclusion: 'skipped' }
  const { login } = pull.user
  if (await hasSigned(login, ctx)) return { check: 'cla', conclusion: 'success' }
  return { check: 'cla', conclusion: 'action_required', summary: `@${login}, please sign the contributor licence agreement first.` }
}

async function hasSigned(login: string, ctx: Context): Promise<boolean> {
  const known: boolean | undefined = await ctx.cache.get(login)
  if (known !== undefined) return known
  const response = await ctx.http.fetch(`${REGISTER}/${encodeURIComponent(login)}`, { timeout: 2_000 })
  if (!response.ok && response.status !== 404) throw new Error(`The register answered ${response.status}.`)
  await ctx.cache.set(login, response.ok, { ttl: response.ok ? REMEMBER_SIGNED : REMEMBER_UNSIGNED })
  return response.ok
}
