import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { prepareHeaders } from '../../../bindings/http/request-headers.ts'

const reveal = async (name: string): Promise<string> => `<${name}>`

async function valueOf(written: string): Promise<string | undefined> {
  const [header] = await prepareHeaders({ x: written }, reveal)
  return header?.value
}

test('secrets are put in wherever a placeholder stands, and spaces around a value are not sent', async () => {
  assert.is(await valueOf('Bearer {{secret:A}}'), 'Bearer <A>')
  assert.is(await valueOf(' \t{{ secret: A }}{{secret:B}}\t '), '<A><B>')
  assert.is(await valueOf('{{secret:}}'), '<>')
  assert.is(await valueOf(' \t '), '')
  for (const text of ['{{secret:A}', '{secret:A}}', '{{SECRET:A}}', '{{secret:A B}}', '{{secret A}}']) assert.is(await valueOf(text), text)
})

test('no value takes the host long to look through', async () => {
  const rows = [' ', '\t', '{', '{{', '{{ ', '{{secret:', '{{secret: ', '{{secret:a']
  const values = rows.flatMap((row) => ['', '{{', '{{secret:', '{{secret:a'].map((head) => `${head}${row.repeat(15_000 / row.length)}x`))
  const start = performance.now()
  for (const value of values) await prepareHeaders({ x: value }, reveal)
  assert.ok(performance.now() - start < 10_000, `${values.length} values took ${Math.round(performance.now() - start)} ms`)
})

test.run()
