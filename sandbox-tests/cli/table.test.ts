import { styleText } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Column, formatTable } from '../../cli/table.ts'

const COLUMNS: readonly Column[] = [{ header: 'script' }, { header: 'runs', align: 'right' }, { header: 'note' }]

test('columns are as wide as their widest cell, numbers stand to the right, no line ends in spaces', () => {
  const rows = [
    ['activity', '329', 'fine'],
    ['pr-size', '7', ''],
  ]
  assert.is(formatTable(COLUMNS, rows), 'script    runs  note\nactivity   329  fine\npr-size      7')
})

test('an empty row is an empty line, a missing cell is an empty one', () => {
  assert.is(formatTable(COLUMNS, [['a'], [], ['b', '12']]), 'script  runs  note\na\n\nb         12')
})

test('colours take no width', () => {
  const red = styleText('red', '7', { validateStream: false })
  const lines = formatTable(COLUMNS, [['a', red, 'x']]).split('\n')
  assert.is(lines[1], `a          ${red}  x`)
})

test('letters outside the basic plane count once', () => {
  assert.is(formatTable([{ header: 'a' }, { header: 'b' }], [['🦎', 'x']]), 'a  b\n🦎  x')
})

test('without rows there are headers', () => {
  assert.is(formatTable(COLUMNS, []), 'script  runs  note')
})

test.run()
