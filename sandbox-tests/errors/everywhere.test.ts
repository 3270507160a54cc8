// One shape of errors, wherever they are shown: in outcomes, as JSON of the command line, as text of the terminal, and over HTTP as docs/embedding.md does it.
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isEngineError } from '../../engine/index.ts'
import { vivarium } from '../cli/vivarium.ts'
import { openEngine } from '../harness/engines.ts'
import { readBlocks } from '../harness/markdown.ts'
import { rejectionOf } from '../harness/rejection-of.ts'
import { ROOT } from '../harness/source-files.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

interface Shown {
  readonly code: string
  readonly name: string
  readonly message: string
  readonly location?: { readonly file: string; readonly line: number; readonly column: number }
  readonly frame?: string
  readonly docs?: string
}

/** Of a script that throws, one that never ends, and one that asks for what it was not given. */
const SCRIPTS = {
  'scripts/thrown.ts': `export default {\n  on: {\n    thrown(order: { total: number }) {\n      throw new RangeError('too much: ' + order.total)\n    },\n  },\n}\n`,
  'scripts/endless.ts': 'export default { on: { endless() { for (;;); } } }\n',
  'scripts/denied.ts': `export default { needs: { mail: true }, on: { denied() {} } }\n`,
}
const FIELDS = new Set(['code', 'name', 'message', 'stack', 'location', 'frame', 'hint', 'docs'])

/** The server of the page, over scripts in a directory. */
async function serve(directory: string): Promise<Server> {
  const page = readFileSync(join(ROOT, 'docs/embedding.md'), 'utf8')
  const block = readBlocks(page).find(({ words }) => words.includes('title="server.ts"'))
  assert.ok(block)
  const code = block.text
    .replace("'vivarium'", JSON.stringify(join(ROOT, 'engine/index.ts')))
    .replace("'./scripts'", `${JSON.stringify(join(directory, 'scripts'))}, events: { thrown: {}, endless: {}, denied: {} }`)
  const file = join(directory, 'server.ts')
  writeFileSync(file, code)
  const { server } = (await import(pathToFileURL(file).href)) as { readonly server: Server }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

test('an error is the same over HTTP, at the command line as JSON, and in the terminal', async () => {
  using directory = tempDirectory(SCRIPTS)
  const server = await serve(directory.path)
  try {
    const { port } = server.address() as AddressInfo
    const post = async (event: string, body: string) => {
      const response = await fetch(`http://127.0.0.1:${port}/${event}`, { method: 'POST', body })
      const { error } = (await response.json()) as { readonly error: Shown }
      return { status: response.status, error }
    }
    for (const [event, code, place] of [
      ['thrown', 'EXCEPTION', 'thrown.ts:4:'],
      ['endless', 'CPU_EXCEEDED', 'endless.ts:1:'],
      ['denied', 'PERMISSION_DENIED', undefined],
    ] as const) {
      const { status, error } = await post(event, '{ "total": 5 }')
      assert.is(status, 500)
      assert.is(error.code, code, error.message)
      assert.equal(
        Object.keys(error).filter((key) => !FIELDS.has(key)),
        [],
      )
      const { location } = error
      if (place !== undefined) assert.ok(`${location?.file}:${location?.line}:`.startsWith(place), JSON.stringify(location))

      const command = ['run', event, '--data', '-']
      const asJson = await vivarium([...command, '--json'], { cwd: directory.path, input: '{ "total": 5 }' })
      const [told] = JSON.parse(asJson.stdout).outcomes as { readonly error: Shown }[]
      assert.equal(withoutFigures(told?.error), withoutFigures(error))
      const { stdout } = await vivarium(command, { cwd: directory.path, input: '{ "total": 5 }' })
      const text = stripVTControlCharacters(stdout)
      assert.match(text, error.message)
      for (const line of error.frame?.split('\n') ?? []) assert.match(text, line.trimEnd())
      if (error.docs !== undefined) assert.match(text, error.docs)
    }
    const unknown = await post('thrwn', '{}')
    assert.equal([unknown.status, unknown.error.code, unknown.error.docs], [422, 'EVENT_UNKNOWN', 'docs/errors.md#EVENT_UNKNOWN'])
    assert.match(unknown.error.message, 'Did you mean "thrown"?')
    assert.is((await post('thrown', 'no JSON')).status, 400)
  } finally {
    server.close()
    server.closeAllConnections()
  }
})

test('an error of the engine has, as JSON, the place and the frame of the file that is to blame', async () => {
  using directory = tempDirectory({ 'policy.yaml': 'version: 1\ndefaults:\n  limits: { cpu: 5 bananas }\n' })
  const error = await rejectionOf(openEngine({}, { policy: join(directory.path, 'policy.yaml') }))
  assert.ok(isEngineError(error))
  const shown = JSON.parse(JSON.stringify({ error })).error as Shown
  assert.equal([shown.code, shown.name, shown.message], [error.code, 'EngineError', error.message])
  assert.is(shown.location?.line, 3)
  assert.match(shown.frame ?? '', '5 bananas')
  assert.is(shown.docs, `docs/errors.md#${error.code}`)
  assert.equal(
    Object.keys(shown).filter((key) => !FIELDS.has(key)),
    [],
  )
})

/** Two runs need not be cut at the same place. */
function withoutFigures(error: Shown | undefined): unknown {
  if (error?.code !== 'CPU_EXCEEDED') return error
  const { location, frame, ...rest } = error
  return { ...rest, stack: undefined, location: location?.line, frame: typeof frame }
}

test.run()
