// `npm run docs`: writes docs/reference.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { referenceOf } from './sources.ts'

const docs = join(import.meta.dirname, '..', '..', 'docs')
writeFileSync(
  join(docs, 'reference.md'),
  referenceOf((path) => readFileSync(join(docs, path), 'utf8')),
)
