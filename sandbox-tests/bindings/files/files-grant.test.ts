// What policy may write under `allow.files`, how needs meet it, and where roots are.
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { makeFiles } from '../../../bindings/files/files.ts'
import { createGate } from '../../../bindings/gate.ts'
import { files } from '../../../bindings/index.ts'
import { createEngine, memoryStore } from '../../../engine/index.ts'
import type { Json } from '../../../engine/model/json.ts'
import { grantPermissions } from '../../../engine/pipeline/grant-permissions.ts'
import { tempDirectory } from '../../harness/temp-directory.ts'
import { answerOf, callThrough, codeOf, messageOf } from '../call-through.ts'
import { openFileWorld, WAYS } from './file-world.ts'

const MiB = 1024 ** 2
const DEFAULTS = { bytes: 10 * MiB, entries: 1_000, fileBytes: MiB }
const READ = { access: 'read', ...DEFAULTS }
const WRITE = { access: 'write', ...DEFAULTS }
const { surface } = makeFiles({ data: './data', docs: { path: './docs', readOnly: true } })

function allowed(written: unknown): unknown {
  const read = surface.readAllow(written)
  return read.ok ? read.value : `${read.path.join('.')}: ${read.message}`
}

test('every form of a grant comes to roots with an access and a quota', () => {
  assert.equal(allowed(true), { data: READ, docs: READ })
  assert.equal(allowed(['data']), { data: READ })
  assert.equal(allowed({ data: 'write', docs: true }), { data: WRITE, docs: READ })
  assert.equal(allowed({ data: { access: 'write', bytes: '1KiB', entries: 5, fileBytes: '16MiB' }, docs: false }), {
    data: { access: 'write', bytes: 1024, entries: 5, fileBytes: 16 * MiB },
  })
  assert.equal(allowed({ data: {} }), { data: READ })
  assert.equal(allowed({}), {})
})

test('mistakes are told in words, with the place', () => {
  for (const [written, told] of [
    [{ dta: 'read' }, ': there is no root "dta"; the application has "data", "docs". Did you mean "data"?'],
    [['data', 'etc'], ': there is no root "etc"; the application has "data", "docs".'],
    [{ docs: 'write' }, 'docs: the application gives this root for reading only'],
    ['data', ': write true, a list of roots, or a mapping of roots such as { data: write }'],
    [5, ': write true, a list of roots, or a mapping of roots such as { data: write }'],
    [{ data: 'rw' }, 'data.access: write "read" or "write"'],
    [{ data: { access: 'write', byte: 5 } }, 'data.byte: is not known here. Did you mean "bytes"?'],
    [{ data: { bytes: 'lots' } }, 'data.bytes: write a size such as 512KiB or 1MiB, or a number of bytes'],
    [{ data: { fileBytes: '17MiB' } }, 'data.fileBytes: at most 16MiB can cross into a script'],
    [{ data: { entries: 100_001 } }, 'data.entries: Too big: expected number to be <=100000'],
    [{ data: 5 }, 'data: write "read", "write", or { access, bytes, entries, fileBytes }'],
  ] as const)
    assert.is(allowed(written), told)
})

function meet(need: Json, allow: unknown) {
  const read = surface.readAllow(allow)
  assert.ok(read.ok)
  const { grant, denied, warnings } = grantPermissions({
    script: 's',
    needs: { files: need },
    allow: { files: read.ok ? read.value : false },
    surfaces: [surface],
  })
  return { grant: grant['files'], denied: denied.length, warnings: warnings.join(' ') }
}

test('a need gets no more than policy gives, and no more than it asks for', () => {
  assert.equal(meet(true, { data: 'write' }), { grant: { data: WRITE }, denied: 0, warnings: '' })
  assert.equal(meet(['data'], { data: 'write', docs: 'read' }), { grant: { data: READ }, denied: 0, warnings: '' })
  assert.equal(meet({ data: 'read' }, { data: 'write' }).grant, { data: READ })
  assert.equal(meet({ data: 'write' }, { data: { access: 'write', bytes: '100MiB', fileBytes: '1KiB' } }), {
    grant: { data: { access: 'write', bytes: 100 * MiB, entries: 1_000, fileBytes: 1_024 } },
    denied: 0,
    warnings: '',
  })
  assert.equal(meet({ data: { access: 'write', bytes: '1KiB' } }, { data: 'write' }).grant, { data: { ...WRITE, bytes: 1_024 } })
})

test('what a need gets only in part is told', () => {
  const part = meet({ data: { access: 'write', bytes: '1GiB' }, other: true }, { data: 'read' })
  assert.equal(part.grant, { data: READ })
  assert.match(part.warnings, 'writing below "data", bytes 1073741824 below "data", the root "other", which the policy does not grant')
  assert.is(meet({ other: true }, { data: 'read' }).denied, 1)
  for (const nonsense of ['data', 5, { data: 7 }, { data: { access: 'all' } }, { data: { bytes: [] } }] as Json[])
    assert.is(meet(nonsense, { data: 'write' }).denied, 1, JSON.stringify(nonsense))
})

test('names that every object has are roots that nobody granted', async () => {
  await using world = openFileWorld(undefined)
  const { code } = world.caller()
  for (const root of ['constructor', '__proto__', 'toString', 'docs']) assert.is(await code('readText', `${root}/a`), 'FILE_DENIED')
  for (const need of [JSON.parse('{"__proto__": "write"}'), { constructor: 'write' }, { toString: true }] as Json[])
    assert.is(meet(need, { data: 'write' }).denied, 1)
})

test('a script that may read only writes, appends and removes nothing', async () => {
  await using world = openFileWorld(undefined, { 'a.txt': 'kept' })
  const { reply } = world.caller({ data: 'read' })
  for (const [method, ...rest] of [['write', 'x'], ['writeJson', 1], ['append', 'x'], ['remove']] as const)
    assert.is(messageOf(await reply(method, 'data/a.txt', ...rest)), 'files: "data/a.txt" may be read only, not changed.')
  assert.is(
    messageOf(await reply('readText', 'docs/a')),
    'files: "docs/a" is below "docs", which the script was not granted; it was granted "data".',
  )
  assert.equal(readdirSync(world.root).sort(), ['.keep', 'a.txt'])
})

for (const [way, openBase] of WAYS)
  test(`${way}: a root with placeholders is another folder for each tenant and script, whatever they are called`, async () => {
    using top = tempDirectory()
    const gate = createGate({ bindings: [makeFiles({ own: join(top.path, 'state', 'of-{tenant}', '{script}') }, openBase)] })
    const grant = { files: { own: WRITE } }
    const users = [
      ['acme', 'daily'],
      ['acme', 'reports/daily'],
      ['ACME', 'daily'],
      [undefined, 'daily'],
      ['~none', 'daily'],
      ['..', '..'],
      ['.', 'a/../../b'],
      ['', 'x'.repeat(300)],
      ['a\0b', 'x'.repeat(301)],
      ['of/acme', 'C:\\'],
    ] as const
    for (const [tenant, script] of users) {
      const call = callThrough(gate, { grant, script, tenant })
      assert.equal(answerOf(await call('files.list', 'own')), { entries: [] })
      assert.is(codeOf(await call('files.readText', 'own/who.json')), 'FILE_NOT_FOUND')
      answerOf(await call('files.writeJson', 'own/who.json', [tenant ?? null, script]))
    }
    for (const [tenant, script] of users)
      assert.equal(answerOf(await callThrough(gate, { grant, script, tenant })('files.readJson', 'own/who.json')), [tenant ?? null, script])
    assert.equal(readdirSync(top.path), ['state'])
    assert.ok(existsSync(join(top.path, 'state', 'of-acme', 'reports%2fdaily', 'who.json')))
    const written = readdirSync(join(top.path, 'state'), { recursive: true }) as string[]
    assert.is(new Set(written.map((name) => name.toLowerCase())).size, written.length)
    await gate.close()
  })

for (const [way, openBase] of WAYS)
  test(`${way}: a tenant or script without a name has a folder of its own, and none is above all others`, async () => {
    using top = tempDirectory()
    const state = join(top.path, 'state')
    const gate = createGate({ bindings: [makeFiles({ own: join(state, '{tenant}'), mine: join(state, 'of', '{script}') }, openBase)] })
    const grant = { files: { own: WRITE, mine: WRITE } }
    for (const name of ['', undefined, '~empty', '~none', 'acme']) {
      const call = callThrough(gate, { grant, tenant: name, script: name ?? '~none' })
      for (const root of ['own', 'mine']) {
        assert.equal(answerOf(await call('files.list', root)), { entries: [] }, `${root} of ${name}`)
        answerOf(await call('files.write', `${root}/a.txt`, ''))
        if (name === undefined) answerOf(await call('files.remove', `${root}/a.txt`))
      }
    }
    assert.equal(readdirSync(state).sort(), ['%7eempty', '%7enone', 'acme', 'of', '~empty', '~none'])
    await gate.close()
  })

for (const [way, openBase] of WAYS)
  test(`${way}: neither what is removed nor what is too large makes a folder`, async () => {
    using top = tempDirectory()
    const roots = { own: join(top.path, 'state', '{tenant}'), plain: join(top.path, 'deep', 'plain') }
    const gate = createGate({ bindings: [makeFiles(roots, openBase)] })
    const small = { ...WRITE, fileBytes: 5 }
    const call = callThrough(gate, { grant: { files: { own: small, plain: small } }, tenant: 'acme' })
    for (const root of ['own', 'plain']) {
      assert.is(answerOf(await call('files.remove', `${root}/a/b.txt`)), false)
      for (const method of ['write', 'append', 'writeJson'])
        assert.is(codeOf(await call(`files.${method}`, `${root}/a/b.txt`, '123456')), 'FILE_TOO_LARGE', method)
    }
    assert.equal(readdirSync(top.path), [])
    // A root that is not there is one root all the same: writers that come before it is made take turns.
    const few = { ...WRITE, entries: 2 }
    const writer = callThrough(gate, { grant: { files: { own: few, plain: few } }, tenant: 'acme' })
    const replies = await Promise.all(Array.from({ length: 12 }, (_, index) => writer('files.write', `plain/${index}`, '')))
    assert.is(replies.filter(({ ok }) => ok).length, 2)
    await gate.close()
  })

for (const [way, openBase] of WAYS)
  test(`${way}: a tenant's folder that was replaced by a link is refused`, async () => {
    using top = tempDirectory({ 'outside/secret.txt': 'x', 'state/.keep': '' })
    symlinkSync(join(top.path, 'outside'), join(top.path, 'state', 'acme'))
    const gate = createGate({ bindings: [makeFiles({ own: join(top.path, 'state', '{tenant}') }, openBase)] })
    const call = callThrough(gate, { grant: { files: { own: WRITE } }, tenant: 'acme' })
    for (const [method, ...rest] of [['readText'], ['write', 'x'], ['append', 'x'], ['stat'], ['remove']])
      assert.match(messageOf(await call(`files.${method}`, 'own/secret.txt', ...rest)), 'is a link')
    assert.is(readFileSync(join(top.path, 'outside', 'secret.txt'), 'utf8'), 'x')
    await gate.close()
  })

test('roots that cannot be are refused when the binding is made', () => {
  for (const [roots, message] of [
    [{}, 'has no roots'],
    [{ '../x': './x' }, 'cannot have a root "../x"'],
    [{ data: '' }, 'it has no path'],
    [{ data: '/' }, 'is a whole disk'],
    [{ data: import.meta.filename }, 'is no directory'],
    [{ data: './{user}' }, 'there is no placeholder {user}'],
    [{ data: './{tenant}-{script}' }, 'two callers could share the folder "{tenant}-{script}"; write {tenant}/{script}'],
  ] as const)
    assert.throws(
      () => files({ roots }),
      (error: Error) => error.message.includes(message),
    )
})

test('policy is held against the roots of the application, with place and suggestion', async () => {
  using top = tempDirectory({ 'policy.yaml': 'version: 1\ndefaults:\n  allow:\n    files: { dta: write }\n' })
  const opening = createEngine({
    scripts: memoryStore({}),
    policy: join(top.path, 'policy.yaml'),
    bindings: [files({ roots: { data: top.path } })],
  })
  const error = await opening.then(
    () => undefined,
    (thrown: Error) => thrown,
  )
  assert.match(error?.message ?? '', 'there is no root "dta"; the application has "data". Did you mean "data"?')
})

test.run()
