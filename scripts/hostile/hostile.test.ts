// How scripts that misbehave end: as the first lines of each say. A limit is an outcome like any other, and can be tested.
import { expect, run, test } from 'vivarium/test'

const PUSHED = { sender: { login: 'octocat' }, label: { name: 'x', description: 'y'.repeat(500) }, milestone: { number: 1 } }

/** Script, event, payload → status, or code of an exception. */
const ENDS: readonly (readonly [script: string, event: string, payload: object, end: string])[] = [
  ['bulky-argument', 'milestone.created', PUSHED, 'HOST_CALL_ARGUMENT_TOO_LARGE'],
  ['endless-loop', 'page_build', { build: { status: 'queued' } }, 'cpu_exceeded'],
  ['endless-recursion', 'gollum', { pages: [] }, 'stack_exceeded'],
  ['forged-error', 'merge_group.checks_requested', {}, 'EXCEPTION'],
  ['function-smuggler', 'star.created', PUSHED, 'RESULT_NOT_PLAIN'],
  ['host-call-flood', 'create', {}, 'host_calls_exceeded'],
  ['huge-report', 'label.created', PUSHED, 'output_exceeded'],
  ['impatient-reader', 'team_add', {}, 'PENDING_HOST_CALLS_EXCEEDED'],
  ['memory-hoarder', 'fork', {}, 'memory_exceeded'],
  ['never-answers', 'status', {}, 'wall_exceeded'],
  ['timer-flood', 'watch.started', {}, 'TIMERS_EXCEEDED'],
  ['ungranted', 'deploy_key.created', {}, 'denied'],
]

for (const [script, event, payload, end] of ENDS)
  test(`${script} ends as ${end}`, async () => {
    const { status, error } = await run(`./${script}`, event, payload)
    expect(status === 'exception' ? error?.code : status).toBe(end)
  })

test('what a host function refuses is an exception with its code', async () => {
  const refused = (code: string) => () => {
    throw Object.assign(new Error('no'), { code })
  }
  const ping = await run('./echo-chamber', 'ping', { zen: 'Keep it simple.' }, { ctx: { events: { emit: refused('EVENT_LOOP') } } })
  expect(ping.error?.code).toBe('EVENT_LOOP')
  const fetch = refused('HTTP_ADDRESS_DENIED')
  const metadata = await run('./metadata-reader', 'repository_import', {}, { ctx: { http: { fetch } } })
  expect([metadata.error?.code, metadata.error?.location?.line]).toEqual(['HTTP_ADDRESS_DENIED', 9])
})

test('a sandbox that was changed is not the next one', async () => {
  for (let time = 0; time < 2; time++) {
    const { value } = await run('./prototype-polluter', 'member.added', { member: {} })
    expect(value).toEqual({ foundFromEarlierRun: false, isAdminNow: true })
  }
})
