// Reads policy text as YAML 1.2: no merge keys, no tags, no second document; bounded in bytes, tokens, values (aliases expanded) and depth.
import { createHash } from 'node:crypto'
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Pair,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
} from 'yaml'
import { type EngineError, engineError } from '../errors/engine-error.ts'
import { quoteText, withoutControls } from './describe-value.ts'
import { policyFrame } from './policy-frame.ts'
import { type PolicyPath, pathKey } from './policy-path.ts'
import { MAX_DEPTH, MAX_VALUES, type PolicyPlace, type PolicySource, type UnreadableSource } from './policy-source.ts'
import type { Problem } from './problem.ts'

/** The largest policy file, in bytes of UTF-8. */
export const MAX_POLICY_BYTES = 1024 * 1024
/** Bounds the time of a parse: the parser spends some microseconds on a token, also on a wrong one. */
const MAX_TOKENS = 100_000
/** Keys are part of every path below them. */
const MAX_KEY_LENGTH = 512
const MAX_SYNTAX_ERRORS = 10

/** Reads YAML text. Never throws because of the text. */
export function readYamlSource(text: string, file: string): PolicySource | UnreadableSource {
  const lines = new LineCounter()
  const placeAt = (offset: number): PolicyPlace => {
    const { line, col } = lines.linePos(offset)
    const [row, column] = [Math.max(1, line), Math.max(1, col)]
    return { offset, line: row, toErrorPlace: () => ({ file, line: row, column, frame: policyFrame(text, row, column) }) }
  }
  const syntaxError = ({ offset, message }: SyntaxFault): EngineError =>
    engineError('POLICY_SYNTAX', [withoutControls(message)], { place: placeAt(offset).toErrorPlace() })

  const oversize = sizeFault(text)
  if (oversize !== undefined) return { ok: false, errors: [syntaxError(oversize)] }
  const document = parseYaml(text, lines)
  const faults = [...document.errors, ...document.warnings].map((fault) => ({
    offset: fault.pos[0],
    message: PLAIN_WORDS[fault.code] ?? fault.message,
  }))
  if (faults.length > 0) return { ok: false, errors: faults.slice(0, MAX_SYNTAX_ERRORS).map(syntaxError) }

  const reader = new YamlReader()
  const value = document.contents === null ? null : reader.read(document.contents, [])
  if (reader.faults.length > 0) return { ok: false, errors: reader.faults.slice(0, MAX_SYNTAX_ERRORS).map(syntaxError) }
  const hash = createHash('sha256').update(text).digest('hex')
  return { ok: true, name: file, hash, value, problems: reader.problems, place: (path, part) => placeAt(reader.offsetOf(path, part)) }
}

interface SyntaxFault {
  readonly offset: number
  readonly message: string
}

/** What the parser says in words that are not for the author of a policy. */
const PLAIN_WORDS: { readonly [code: string]: string } = {
  MULTIPLE_DOCS: 'it has more than one document; remove the "---" between them',
  RESOURCE_EXHAUSTION: 'it nests too deeply',
  TAG_RESOLVE_FAILED: 'it has a tag (a word that begins with "!"); tags have no meaning in a policy',
}

function sizeFault(text: string): SyntaxFault | undefined {
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES) return { offset: 0, message: `it is larger than ${MAX_POLICY_BYTES} bytes` }
  let tokens = 0
  for (const _ of new Lexer().lex(text)) {
    if (++tokens > MAX_TOKENS) return { offset: 0, message: `it has more than ${MAX_TOKENS} tokens (words, marks and line ends)` }
  }
  return undefined
}

function parseYaml(text: string, lineCounter: LineCounter): Document.Parsed {
  return parseDocument(text, {
    lineCounter,
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    stringKeys: true,
    // The parser compares every key with every other; the reader finds duplicates in one pass.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  })
}

interface Built {
  readonly value: unknown
  /** Values in it, aliases expanded. */
  readonly size: number
}

/** Turns nodes into plain data and remembers where each path stood. Serves one document. */
class YamlReader {
  readonly problems: Problem[] = []
  readonly faults: SyntaxFault[] = []
  readonly #offsets = new Map<string, { readonly key: number; readonly value: number }>()
  readonly #anchors = new Map<string, Built | 'open'>()
  #values = 0

  read(node: ParsedNode, path: PolicyPath): unknown {
    this.#offsets.set(pathKey(path), { key: node.range[0], value: node.range[0] })
    return this.#build(node, path).value
  }

  offsetOf(path: PolicyPath, part: 'key' | 'value'): number {
    for (let length = path.length; length >= 0; length--) {
      const found = this.#offsets.get(pathKey(path.slice(0, length)))
      if (found !== undefined) return length === path.length ? found[part] : found.key
    }
    return 0
  }

  #build(node: ParsedNode | null, path: PolicyPath): Built {
    if (isAlias(node)) return this.#follow(node.source, node.range[0])
    const before = this.#values
    if (!this.#admit(node, path)) return { value: null, size: 1 }
    const anchor = node !== null && 'anchor' in node ? node.anchor : undefined
    if (anchor !== undefined) this.#anchors.set(anchor, 'open')
    const value = this.#content(node, path)
    const built = { value, size: this.#values - before }
    if (anchor !== undefined) this.#anchors.set(anchor, built)
    return built
  }

  #content(node: ParsedNode | null, path: PolicyPath): unknown {
    if (isMap(node)) return this.#mapping(node as YAMLMap.Parsed, path)
    if (isSeq(node)) return node.items.map((item, index) => this.#entry(item as ParsedNode, item as ParsedNode, [...path, index]))
    return isScalar(node) ? node.value : null
  }

  #mapping(node: YAMLMap.Parsed, path: PolicyPath): unknown {
    const mapping: { [key: string]: unknown } = Object.create(null)
    for (const pair of node.items as Pair<ParsedNode, ParsedNode | null>[]) {
      const key = isScalar(pair.key) ? String(pair.key.value) : ''
      if (key.length > MAX_KEY_LENGTH) {
        this.#refuse(pair.key.range[0], `a key is longer than ${MAX_KEY_LENGTH} characters`)
        continue
      }
      const inside = [...path, key]
      if (this.#offsets.has(pathKey(inside))) {
        this.#refuse(pair.key.range[0], `the key ${quoteText(key)} is written twice in one mapping`)
        continue
      }
      const value = this.#entry(pair.key, pair.value, inside)
      if (key === '__proto__')
        this.problems.push({ kind: 'invalid', path: inside, part: 'key', message: 'is not a key that a policy can have' })
      else mapping[key] = value
    }
    return mapping
  }

  #entry(key: ParsedNode, value: ParsedNode | null, path: PolicyPath): unknown {
    this.#offsets.set(pathKey(path), { key: key.range[0], value: value?.range[0] ?? key.range[0] })
    return this.#build(value, path).value
  }

  /** Counts a node in; refuses it, once, when the policy is too deep or too large. */
  #admit(node: ParsedNode | null, path: PolicyPath): boolean {
    this.#values++
    const offset = node?.range[0] ?? 0
    if (this.#values > MAX_VALUES)
      return this.#refuse(offset, `it has more than ${MAX_VALUES} values, counting each alias as what it stands for`)
    if (path.length > MAX_DEPTH) return this.#refuse(offset, `it nests deeper than ${MAX_DEPTH} levels`)
    return true
  }

  #follow(anchor: string, offset: number): Built {
    const built = this.#anchors.get(anchor)
    if (built === undefined || built === 'open') {
      this.#refuse(
        offset,
        built === 'open' ? `the alias ${quoteText(anchor)} contains itself` : `there is no anchor ${quoteText(anchor)} before this alias`,
      )
      return { value: null, size: 1 }
    }
    this.#values += built.size
    if (this.#values <= MAX_VALUES) return built
    this.#refuse(offset, `it has more than ${MAX_VALUES} values, counting each alias as what it stands for`)
    return { value: null, size: 1 }
  }

  #refuse(offset: number, message: string): false {
    const isNew = !this.faults.some((fault) => fault.message === message)
    if (isNew && this.faults.length < MAX_SYNTAX_ERRORS) this.faults.push({ offset, message })
    return false
  }
}
