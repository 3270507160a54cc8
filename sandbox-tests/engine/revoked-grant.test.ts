// A grant that policy takes away is gone at once, also from a script whose newer version is broken.
import { writeFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { createEngine, defineBinding, type Engine, memoryStore } from '../../engine/index.ts'
import { emitOne, expectStatus, PLACEMENTS, until } from '../harness/engines.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

const mail = () =>
  defineBinding('mail', { send: { input: z.tuple([z.string()]), output: z.string(), handler: (_call, to) => `sent to ${to}` } })
const FILES = {
  'plain.ts': `export default { on: { fill: (n) => 'x'.repeat(n) } }`,
  'mailer.ts': `export default { needs: { mail: true }, on: { mail: (to, ctx) => ctx.mail.send(to) } }`,
}
const policyText = (limits: string, allow: string): string =>
  `version: 1\ndefaults:\n  limits: { cpu: 2s, ${limits} }\n  allow: { ${allow} }\n`

function listen(engine: Engine) {
  const told: string[] = []
  engine.on('script-loaded', ({ id }) => told.push(`loaded ${id}`))
  engine.on('script-failed', ({ id }) => told.push(`failed ${id}`))
  engine.on('denied', ({ id }) => told.push(`denied ${id}`))
  engine.on('policy-loaded', () => told.push('policy'))
  engine.on('policy-failed', ({ code }) => told.push(code))
  return told
}

for (const placement of PLACEMENTS) {
  test(`${placement}: a watched policy takes effect by itself, and takes a grant away even from a script whose new version is broken`, async () => {
    using directory = tempDirectory()
    const file = directory.write('policy.yaml', policyText('output: 1KiB', 'mail: true'))
    const store = memoryStore(FILES)
    await using engine = await createEngine({ scripts: store, policy: file, bindings: [mail()], placement, workers: 1, watch: true })
    const told = listen(engine)
    store.write('mailer.ts', 'export default {')
    await until(() => told.includes('failed mailer'), 'the broken version is announced')
    assert.is((await emitOne(engine, 'mail', 'me')).value, 'sent to me', 'the last good version is in force')
    writeFileSync(file, policyText('output: 64KiB', ''))
    await until(() => told.includes('denied mailer'), 'the grant is gone')
    expectStatus(await emitOne(engine, 'mail', 'me'), 'denied')
    expectStatus(await emitOne(engine, 'fill', 5_000), 'ok')
    writeFileSync(file, policyText('output: 1KiB', 'mail: true'))
    await until(() => told.includes('loaded mailer'), 'the grant is back')
    assert.is((await emitOne(engine, 'mail', 'me')).value, 'sent to me')
    const info = engine.scripts().find(({ id }) => id === 'mailer')
    assert.equal([info?.status, info?.error?.code], ['ready', 'SYNTAX_ERROR'])
    expectStatus(await emitOne(engine, 'fill', 5_000), 'output_exceeded')
  })
}

test.run()
