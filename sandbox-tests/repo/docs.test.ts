// Documents that cannot rot: tables equal the code, links lead somewhere, nothing names the machine it was written on.
import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { CODES } from '../../engine/errors/codes.ts'
import { LIMITS, type LimitRow, type LimitUnit } from '../../engine/model/limits.ts'
import { expectNone, fail } from '../harness/expect-none.ts'
import { readAnchors, readHeadings, readLinks } from '../harness/markdown.ts'
import { listFiles, ROOT, readText } from '../harness/source-files.ts'

const files = listFiles('')
const documents = files.filter((file) => file.endsWith('.md'))

test('docs/errors.md has a heading for each code, and none besides', () => {
  const headings = readHeadings(readText('docs/errors.md'), 3)
  expectNone(
    Object.keys(CODES).filter((code) => !headings.includes(code)),
    'Codes without a heading in docs/errors.md',
  )
  expectNone(
    headings.filter((heading) => !(heading in CODES)),
    'Headings of docs/errors.md that are no code',
  )
  assert.is(headings.length, new Set(headings).size, 'a code has two headings')
})

test('docs/errors.md says of each code when it happens and what to do', () => {
  const sections = readText('docs/errors.md').split(/^### /m).slice(1)
  const incomplete = sections.filter((section) => !/\*\*When:\*\* \S/.test(section) || !/\*\*What to do:\*\* \S/.test(section))
  expectNone(
    incomplete.map((section) => section.split('\n', 1)[0] ?? ''),
    'Sections without "When" or "What to do"',
  )
})

test('the table of docs/limits.md is the table of the code', () => {
  const table = limitsTable()
  if (!readText('docs/limits.md').includes(table)) fail(`docs/limits.md should hold:\n${table}`)
})

test('relative links of all documents lead to a file and a heading', () => {
  const broken = documents.flatMap((document) =>
    readLinks(readText(document))
      .filter((target) => !/^[a-z]+:/i.test(target) && !leadsSomewhere(document, target))
      .map((target) => `${document} → ${target}`),
  )
  expectNone(broken, 'Broken links')
})

test('no file names a machine, a registry or a neighbour of the repository', () => {
  const forbidden = [/\/work\//, /\/root\//, /\/home\/\w/, /\.\.\/shared\b/, /https?:\/\/[\w.-]*\b(registry|artifactory|verdaccio|nexus)\b/]
  const found = files
    .filter((file) => !/\.(sqlite|wasm|png|tgz)/.test(file))
    .flatMap((file) => {
      const lines = readText(file).split('\n')
      return lines.flatMap((line, index) =>
        forbidden.some((word) => word.test(line)) ? [`${file}:${index + 1}: ${line.trim().slice(0, 100)}`] : [],
      )
    })
  expectNone(found, 'Words that belong to a machine')
})

function leadsSomewhere(document: string, target: string): boolean {
  const [path = '', anchor] = decodeURI(target).split('#')
  const file = path === '' ? document : normalize(join(dirname(document), path))
  if (file.startsWith('..') || !existsSync(join(ROOT, file))) return false
  return anchor === undefined || !file.endsWith('.md') || readAnchors(readText(file)).has(anchor)
}

function limitsTable(): string {
  const rows = Object.entries<LimitRow>(LIMITS).map(([name, { unit, default: inForce, ceiling, floor, enforcer, effect }]) => {
    const values = [inForce, ceiling, floor].map((value) => formatLimit(value, unit))
    return `| \`${name}\` | ${values.join(' | ')} | ${enforcer} | ${effect} |`
  })
  return ['| Limit | Default | Ceiling | Floor | Enforced by | What is seen |', '|---|---|---|---|---|---|', ...rows].join('\n')
}

/** As people read it: the largest unit that leaves a whole number. */
function formatLimit(value: number, unit: LimitUnit): string {
  const steps: Readonly<Record<LimitUnit, readonly (readonly [string, number])[]>> = {
    ms: [
      [' s', 1000],
      [' ms', 1],
    ],
    bytes: [
      [' MiB', 1024 * 1024],
      [' KiB', 1024],
      [' B', 1],
    ],
    count: [['', 1]],
  }
  const [name, size] = steps[unit].find(([, step]) => value >= step && value % step === 0) ?? steps[unit].at(-1) ?? ['', 1]
  return `${(value / size).toLocaleString('en')}${name}`
}

test.run()
