import { expect, fixture, run, test } from 'vivarium/test'

const ctx = { events: { emit: 1 } }

test('keys and private files are found, with their places and without themselves', async () => {
  const result = await run('./secret-scan', await fixture('push'), { ctx })
  expect(result.value.findings).toEqual([
    { kind: 'AWS access key', where: 'commits[0].message', excerpt: 'AKIA…MPLE' },
    { kind: 'private file', where: 'commits[0].added[1]', excerpt: 'deploy/.env' },
  ])
  expect(JSON.stringify([result.value, result.logs, result.calls])).not.toMatch(/AKIA[A-Z\d]{16}/)
})

test('the same key is one finding, wherever it stands', async () => {
  const key = 'AKIAIOSFODNN7EXAMPLE'
  const comment = { comment: { body: `${key} and ${key}`, html: `<p>${key}</p>` } }
  expect((await run('./secret-scan', 'issue_comment.created', comment, { ctx })).value.findings).toHaveLength(1)
})

test('tokens, private keys and passwords in links are known', async () => {
  const found = async (text: string) =>
    (await run('./secret-scan', 'issues.opened', { issue: { body: text } }, { ctx })).value?.findings[0].kind
  expect(await found(`ghp_${'a'.repeat(36)}`)).toBe('GitHub token')
  expect(await found('-----BEGIN RSA PRIVATE KEY-----')).toBe('private key')
  expect(await found('https://user:pass@example.com/')).toBe('password in a link')
  expect(await found('nothing at all')).toBeUndefined()
})

test('a text that is made to be slow is not', async () => {
  const { status, usage } = await run('./secret-scan', 'issues.opened', { issue: { body: 'https://'.repeat(20_000) } })
  expect(status).toBe('ok')
  expect(usage.cpuMs).toBeLessThan(250)
})
