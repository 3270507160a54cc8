// Many writes sent at once by a run that ends, or is cut, before they are answered.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type Attack, script, ts } from './attack.ts'

const CONTENT = 200_000

export const attack = {
  title: 'a run that ends in the midst of its writes leaves no half of a file',
  threat: 'files',
  source: script(
    ts`(event: any, ctx: any) => {
  for (let index = 0; index < 12; index++) {
    const content = String(index % 10).repeat(${CONTENT})
    ctx.files.write('data/file-' + (index % 3), content).catch(() => {})
  }
  if (event.n === 2) for (;;) {}
}`,
    { needs: "{ files: { data: 'write' } }" },
  ),
  async act({ disk, fire }) {
    const outcomes = [await fire({ n: 1 }), await fire({ n: 2 }), await fire({ n: 1 })]
    await disk.quiet()
    return outcomes
  },
  policy: { allow: { files: { data: 'write' } }, limits: { cpu: '1s' } },
  checkDisk(disk) {
    for (const name of readdirSync(disk.data)) {
      const text = readFileSync(join(disk.data, name), 'utf8')
      assert.is(text, (text[0] ?? '').repeat(CONTENT))
    }
  },
  expect: [{ status: 'ok' }, { status: 'cpu_exceeded' }, { status: 'ok' }],
} satisfies Attack
