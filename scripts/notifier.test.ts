// How a script that reaches the network is tested: the test answers for the network, and sees what would have been sent.
import { expect, run, test } from 'vivarium/test'

const WARNING = { title: 'the repository is public now', repository: { full_name: 'octo/shop' } }
const RELEASE = { release: { tag_name: 'v1.2.0' }, repository: { full_name: 'octo/shop' } }

const hears = { http: { fetch: { status: 200 } } }

test('a message goes to the chat, signed, with the token by its name only', async () => {
  const sent: { url: string; init: { method: string; headers: [string, string][]; body: string } }[] = []
  const hmac = (_algorithm: string, key: string, body: string) => `${key} of ${body.length}`
  const fetch = (url: string, init: (typeof sent)[number]['init']) => {
    sent.push({ url, init })
    return { status: 200 }
  }
  const result = await run('./notifier', 'warning.raised', WARNING, { ctx: { http: { fetch }, crypto: { hmac, hash: 'name' } } })
  expect(result.value).toEqual({ said: 'Warning for octo/shop: the repository is public now' })
  expect(sent).toHaveLength(1)
  const { url, init } = sent[0] as (typeof sent)[number]
  expect([url, init.method]).toEqual(['https://hooks.example.com/chat', 'POST'])
  expect(JSON.parse(init.body)).toEqual({ text: result.value.said })
  const headers = new Map(init.headers)
  expect(headers.get('authorization')).toBe('Bearer {{secret:HOOK_TOKEN}}')
  expect(headers.get('x-signature-256')).toBe(`sha256={{secret:HOOK_KEY}} of ${init.body.length}`)
})

const signs = { crypto: { hmac: 'signature', hash: (_algorithm: string, text: string) => `of ${text}` } }

test('the same message is sent once', async () => {
  const first = await run('./notifier', 'release.published', RELEASE, { ctx: { ...hears, ...signs } })
  expect(first.value).toEqual({ said: 'octo/shop v1.2.0 is out' })
  const second = await run('./notifier', 'release.published', RELEASE, { ctx: { ...hears, ...signs } })
  expect(second.value).toEqual({ said: 'octo/shop v1.2.0 is out', again: true })
  expect(second.calls.map(({ name }) => name)).toEqual(['crypto.hash', 'lock.acquire'])
})

test('what nobody heard is sent again', async () => {
  const deaf = await run('./notifier', 'release.published', RELEASE, { ctx: { http: { fetch: { status: 503, body: 'busy' } }, ...signs } })
  expect(deaf.status).toBe('exception')
  expect(deaf.error?.message).toBe('The chat answered 503: busy')
  expect(deaf.calls.at(-1)?.name).toBe('lock.release')
  const next = await run('./notifier', 'release.published', RELEASE, { ctx: { ...hears, ...signs } })
  expect(next.value.again).toBeUndefined()
})

test('drafts and deployments that went well are no news', async () => {
  const draft = await run('./notifier', 'release.published', { ...RELEASE, release: { tag_name: 'v2', draft: true } })
  expect([draft.status, draft.value, draft.calls.length]).toEqual(['ok', undefined, 0])
  const deployment = { deployment_status: { state: 'success', environment: 'production' }, deployment: { sha: '6113728f27ae' } }
  expect((await run('./notifier', 'deployment_status.created', deployment)).calls).toHaveLength(0)
})

test('a failed deployment is', async () => {
  const deployment = { deployment_status: { state: 'error', environment: 'production' }, deployment: { sha: '6113728f27ae' } }
  const result = await run('./notifier', 'deployment_status.created', deployment, { ctx: { ...hears, ...signs } })
  expect(result.value.said).toBe('GitHub: deploying 6113728 to production failed')
})
