// What may be written as a need or a grant, short forms too: described to editors, judged by what comes after.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { standardBindings } from '../../bindings/index.ts'
import { typeOfSide } from '../../bindings/types/schema-type.ts'
import { writtenAs } from '../../bindings/written-as.ts'

const bindings = standardBindings({ kv: ':memory:', files: { data: './data' }, secrets: { HOOK_TOKEN: 'xyz' } })

function bindingOf(name: string) {
  const found = bindings.find(({ surface }) => surface.name === name)
  assert.ok(found, name)
  return found
}

function formsOf(name: string): string {
  return typeOfSide(bindingOf(name).grant, 'input', { name, named: new Map() }).replace(/\s+/g, ' ')
}

test('short forms of needs are part of their types', () => {
  assert.match(formsOf('files'), /^'data'\[\] \| \{ .*data\?: boolean \| 'read' \| 'write' \| \{/)
  assert.match(formsOf('http'), /^string \| string\[\] \| \{ .*hosts\?: string\[\].*timeout\?: number \| string/)
  assert.is(formsOf('secrets'), "string[] | Record<string, 'use' | 'read' | string[]>")
})

test('a schema is only described by its form: what comes after judges, in its own words', () => {
  const size = writtenAs(z.union([z.number(), z.string()])).pipe(z.coerce.number({ error: 'no size' }))
  assert.is(size.parse('12'), 12)
  assert.is(size.safeParse({}).error?.issues[0]?.message, 'no size')
  assert.equal(z.toJSONSchema(size, { io: 'input' }).type, ['number', 'string'])
})

test('what fits no form is refused with a sentence about that very part', () => {
  const refused = (name: string, written: unknown) => {
    const reading = bindingOf(name).surface.readAllow(written)
    return reading.ok ? 'accepted' : [reading.path.join('.'), reading.message]
  }
  assert.equal(refused('files', { data: { access: 'writ' } }), ['data.access', 'write "read" or "write"'])
  assert.equal(refused('http', 7), ['', 'write a list of hosts, or a table such as { hosts: [hooks.example.com], timeout: 5s }'])
  assert.equal(refused('http', { timeout: '5s' })[0], 'hosts')
  assert.equal(refused('secrets', 7), ['', 'write a list of names, or a table such as { HOOK_TOKEN: use, KEY: read }'])
})

test.run()
