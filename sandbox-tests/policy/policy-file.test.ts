import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, symlink, truncate, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type EngineError, isEngineError } from '../../engine/errors/engine-error.ts'
import { openPolicyFile, type PolicyFile } from '../../engine/policy/policy-file.ts'
import type { PolicyRevision } from '../../engine/policy/policy-revision.ts'
import { until } from '../harness/engines.ts'
import { surfaces } from './surfaces.ts'

interface Opened {
  readonly file: PolicyFile
  readonly changes: PolicyRevision[]
  readonly errors: EngineError[]
}

const withCpu = (cpu: string): string => `version: 1\ndefaults: { limits: { cpu: ${cpu} } }\n`
const cpuOf = (revision: PolicyRevision): number | undefined => revision.defaults.limits?.cpu

let directory = ''
let path = ''
let opened: PolicyFile[] = []

const test = suite('policy file')
test.before.each(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vivarium-policy-'))
  path = join(directory, 'policy.yaml')
  await writeFile(path, withCpu('10ms'))
})
test.after.each(async () => {
  await Promise.all(opened.map((file) => file.close()))
  opened = []
  await rm(directory, { recursive: true, force: true })
})

async function open(from = path, watch = true): Promise<Opened> {
  const changes: PolicyRevision[] = []
  const errors: EngineError[] = []
  const file = await openPolicyFile(from, surfaces, {
    onChange: (revision) => changes.push(revision),
    onError: (error) => errors.push(error),
    watch,
  })
  opened.push(file)
  return { file, changes, errors }
}

async function openError(from: string): Promise<EngineError> {
  try {
    await open(from)
  } catch (error) {
    assert.ok(isEngineError(error))
    return error
  }
  return assert.unreachable('it opened') as never
}

test('a file that changes becomes the next revision', async () => {
  const { file, changes, errors } = await open()
  assert.equal([file.current.revision, cpuOf(file.current), file.current.source], [1, 10, path])
  await writeFile(path, withCpu('20ms'))
  await until(() => changes.length > 0, 'the change was seen')
  assert.equal([file.current.revision, cpuOf(file.current)], [2, 20])
  assert.is(changes[0], file.current)
  assert.equal(errors, [])
})

test('an invalid file keeps the old revision in force, says so once, and can be mended', async () => {
  const { file, changes, errors } = await open()
  const first = file.current
  await writeFile(path, withCpu('50'))
  await until(() => errors.length > 0, 'the error was seen')
  assert.is(file.current, first)
  assert.equal([errors[0]?.code, errors[0]?.place?.line], ['LIMIT_INVALID', 2])
  await file.reload()
  assert.is(errors.length, 1)
  await writeFile(path, withCpu('30ms'))
  await until(() => changes.length > 0, 'the mended file was seen')
  assert.equal([file.current.revision, cpuOf(file.current)], [2, 30])
})

test('an invalid file that gets its old text back changes nothing', async () => {
  const { file, changes, errors } = await open()
  await writeFile(path, 'nonsense')
  await until(() => errors.length === 1, 'the error was seen')
  await writeFile(path, withCpu('10ms'))
  await file.reload() // it is seen, whatever the watch has seen of it
  await writeFile(path, 'nonsense')
  await until(() => errors.length === 2, 'the second error was seen')
  assert.equal([file.current.revision, changes.length], [1, 0])
})

test('saves by renaming over the file are seen, again and again', async () => {
  const { file, changes } = await open()
  for (const [count, cpu] of ['20ms', '30ms', '40ms'].entries()) {
    await writeFile(`${path}.tmp`, withCpu(cpu))
    await rename(`${path}.tmp`, path)
    await until(() => changes.length === count + 1, `save ${count + 1} was seen`)
  }
  assert.equal([file.current.revision, cpuOf(file.current)], [4, 40])
})

test('a file that is deleted keeps the last revision and is reported; when it comes back it counts', async () => {
  const { file, changes, errors } = await open()
  await unlink(path)
  await until(() => errors.length > 0, 'the deletion was reported')
  assert.equal([errors[0]?.code, cpuOf(file.current)], ['POLICY_UNREADABLE', 10])
  await writeFile(path, withCpu('60ms'))
  await until(() => changes.length > 0, 'the new file was seen')
  assert.is(cpuOf(file.current), 60)
})

test('a file that is still being written is not taken half', async () => {
  const { changes, errors } = await open()
  const whole = `${withCpu('20ms')}scripts:\n  untrusted: { allow: { log: false } }\n`
  let slowest = 0
  let last = performance.now()
  for (let length = 12; length < whole.length + 12; length += 12) {
    await writeFile(path, whole.slice(0, length))
    slowest = Math.max(slowest, performance.now() - last)
    last = performance.now()
    await sleep(10)
  }
  await until(() => changes.at(-1)?.scripts.length === 1, 'the whole file was seen')
  // On a machine that paused between two writes, the half was a file at rest.
  if (slowest < 40) assert.equal([changes.length, errors.length], [1, 0])
})

test('a file behind swapped links, as mounted configuration is, is followed', async () => {
  for (const [version, cpu] of [
    ['v1', '10ms'],
    ['v2', '20ms'],
    ['v3', '30ms'],
  ] as const) {
    await mkdir(join(directory, version))
    await writeFile(join(directory, version, 'mounted.yaml'), withCpu(cpu))
  }
  await symlink('v1', join(directory, 'data'))
  await symlink(join('data', 'mounted.yaml'), join(directory, 'mounted.yaml'))
  const { file, changes } = await open(join(directory, 'mounted.yaml'))
  for (const [count, version] of ['v2', 'v3'].entries()) {
    await symlink(version, join(directory, 'next'))
    await rename(join(directory, 'next'), join(directory, 'data'))
    await rm(join(directory, `v${count + 1}`), { recursive: true })
    await until(() => changes.length === count + 1, `${version} was seen`)
  }
  assert.is(cpuOf(file.current), 30)
})

test('without a watch only reload reads the file again', async () => {
  const { file, changes } = await open(path, false)
  await writeFile(path, withCpu('20ms'))
  await sleep(300)
  assert.is(file.current.revision, 1)
  await file.reload()
  assert.equal([file.current.revision, changes.length], [2, 1])
})

test('after close nothing is reported', async () => {
  const { file, changes, errors } = await open()
  await writeFile(path, withCpu('20ms'))
  await file.close()
  await file.close()
  const heard = changes.length
  await writeFile(path, 'nonsense')
  await file.reload()
  await sleep(300)
  assert.equal([changes.length, errors.length], [heard, 0])
})

test('a file that cannot be a policy does not open', async () => {
  execFileSync('mkfifo', [join(directory, 'pipe')])
  await writeFile(join(directory, 'large.yaml'), '')
  await truncate(join(directory, 'large.yaml'), 5_000_000_000)
  await writeFile(join(directory, 'latin1.yaml'), Buffer.from([0x76, 0xe9, 0x0a]))
  for (const [name, why] of [
    ['missing.yaml', /does not exist/],
    ['', /is not a file/],
    ['pipe', /is not a file/],
    ['large.yaml', /larger than 1048576 bytes/],
    ['latin1.yaml', /not UTF-8/],
  ] as const) {
    const error = await openError(join(directory, name))
    assert.is(error.code, 'POLICY_UNREADABLE')
    assert.match(error.message, why)
  }
})

test('a file that is invalid at the start does not open', async () => {
  await writeFile(path, 'version: 1\nscript: {}')
  const error = await openError(path)
  assert.equal([error.code, error.place?.line], ['POLICY_INVALID', 2])
})

test.run()
