// How a script is tested: run it for an event, look at what came of it. Try it: vivarium test deploy-log
import { expect, fixture, run, test } from 'vivarium/test'

const SUCCESS = {
  deployment_status: { state: 'success', environment: 'production', created_at: '2026-01-02T08:00:00Z' },
  deployment: { sha: '6113728f27ae82c7b1a177c8d03f9e96e0adf246' },
  repository: { full_name: 'octo/shop' },
}
const EVENT = 'deployment_status.created'
const KEY = 'octo/shop:production'

function withState(state: string) {
  return { ...SUCCESS, deployment_status: { ...SUCCESS.deployment_status, state } }
}

test('the first deployment is new', async () => {
  const result = await run('./deploy-log', EVENT, SUCCESS)
  expect(result.value).toEqual({ environment: 'production', sha: '6113728', isNew: true })
  expect(result.calls.map(({ name }) => name)).toEqual(['kv.get', 'kv.set'])
})

test('the next one is compared with the last', async () => {
  const result = await run('./deploy-log', EVENT, SUCCESS, { kv: { [KEY]: { sha: 'aaaaaaaaaa', at: '2026-01-01T08:00:00Z' } } })
  expect(result.value).toMatchObject({ isNew: true, compare: `aaaaaaaaaa...${SUCCESS.deployment.sha}` })
})

test('an old delivery that is sent again changes nothing', async () => {
  const result = await run('./deploy-log', EVENT, SUCCESS, { kv: { [KEY]: { sha: 'aaaaaaaaaa', at: '2026-01-03T08:00:00Z' } } })
  expect(result.value).toBeUndefined()
  expect(result.calls).toHaveLength(1)
})

test('a failure alerts and stores nothing', async () => {
  const result = await run('./deploy-log', EVENT, withState('failure'))
  expect(result.value.alert).toMatch('Deployment of 6113728 to production failed')
  expect(result.usage.hostCalls).toBe(0)
})

test('it says nothing of other events, and stays cheap', async () => {
  const push = await fixture('push')
  await expect(run('./deploy-log', push)).rejects.toThrow('does not handle "push"')
  const { usage } = await run('./deploy-log', EVENT, SUCCESS)
  expect(usage.cpuMs).toBeLessThan(50)
  expect(usage.hostCalls).toBeLessThanOrEqual(2)
})
