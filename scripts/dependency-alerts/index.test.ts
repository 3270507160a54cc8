// The tests of a script that is a folder lie in it: "." is the script.
import { expect, run, test } from 'vivarium/test'
import { fromRepositoryAlert } from './alert.ts'

const ADVISORY = { ghsa_id: 'GHSA-1', cve_id: 'CVE-2022-1', severity: 'high', summary: 'Reads too far' }
const VULNERABILITY = { package: { name: 'left-pad' }, vulnerable_version_range: '< 2', first_patched_version: { identifier: '2.0.0' } }
const REPOSITORY = { full_name: 'octo/shop' }

test('a serious alert becomes an issue, and a warning', async () => {
  const delivery = { alert: { security_advisory: ADVISORY, security_vulnerability: VULNERABILITY }, repository: REPOSITORY }
  const result = await run('.', 'dependabot_alert.created', delivery, { ctx: { events: { emit: 1 } } })
  expect(result.value.issue).toEqual({
    title: '[high] CVE-2022-1: left-pad',
    body: 'Reads too far\n\n- left-pad \\< 2: update to 2.0.0',
    labels: ['security', 'priority/high'],
  })
  const warning = { title: 'high vulnerability CVE-2022-1', repository: REPOSITORY }
  expect(result.calls).toEqual([{ name: 'events.emit', args: ['warning.raised', warning], reply: 1 }])
  expect(result.logs).toHaveLength(1)
})

test('a harmless one is an issue only', async () => {
  const advisory = { ...ADVISORY, severity: 'low', cve_id: null, vulnerabilities: [{ ...VULNERABILITY, first_patched_version: null }] }
  const result = await run('.', 'security_advisory.published', { security_advisory: advisory })
  expect(result.value.issue).toMatchObject({ title: '[low] GHSA-1: left-pad', labels: ['security'] })
  expect(result.value.issue.body).toMatch('no fix yet')
  expect(result.calls).toHaveLength(0)
})

test('the oldest kind is read as well', () => {
  const alert = { ghsa_id: 'GHSA-2', severity: 'medium', affected_package_name: 'semver', affected_range: '< 7' }
  expect(fromRepositoryAlert({ alert })).toEqual({
    id: 'GHSA-2',
    severity: 'medium',
    summary: 'semver has a known vulnerability.',
    affected: [{ name: 'semver', range: '< 7', fixedIn: undefined }],
  })
})
