// Reads a policy that the host passes as an object: copied, so that nothing the host does later changes it, and held to the bounds of a file.
import { createHash } from 'node:crypto'
import { describeValue } from './describe-value.ts'
import type { PolicyPath } from './policy-path.ts'
import { MAX_DEPTH, MAX_VALUES, type PolicySource } from './policy-source.ts'
import type { Problem } from './problem.ts'

/** Reads a host's object. Never throws because of what is in it, unless a getter of it does. */
export function readObjectSource(written: unknown): PolicySource {
  const copier = new PlainCopier()
  const value = copier.copy(written, [])
  const hash = createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('hex')
  return { ok: true, name: 'object', hash, value, problems: copier.problems, place: () => undefined }
}

/** Copies plain data; what is not plain becomes a problem and `null`. Serves one object. */
class PlainCopier {
  readonly problems: Problem[] = []
  readonly #open = new Set<object>()
  #values = 0

  copy(value: unknown, path: PolicyPath): unknown {
    if (++this.#values > MAX_VALUES) return this.#refuse(path, `is one of more than ${MAX_VALUES} values, which a policy cannot have`)
    if (path.length > MAX_DEPTH) return this.#refuse(path, `nests deeper than ${MAX_DEPTH} levels`)
    if (value === null || ['string', 'boolean', 'number', 'undefined'].includes(typeof value)) return value
    if (typeof value !== 'object') return this.#refuse(path, `must be plain data, not ${describeValue(value)}`)
    if (this.#open.has(value)) return this.#refuse(path, 'contains itself')
    this.#open.add(value)
    const copied = Array.isArray(value) ? value.map((item, index) => this.copy(item, [...path, index])) : this.#mapping(value, path)
    this.#open.delete(value)
    return copied
  }

  #mapping(value: object, path: PolicyPath): unknown {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
      return this.#refuse(path, 'must be a plain object, not an instance of a class')
    const mapping: { [key: string]: unknown } = Object.create(null)
    for (const [key, item] of Object.entries(value)) {
      const inside = [...path, key]
      if (key === '__proto__')
        this.problems.push({ kind: 'invalid', path: inside, part: 'key', message: 'is not a key that a policy can have' })
      else if (item !== undefined) mapping[key] = this.copy(item, inside)
    }
    return mapping
  }

  /** Told once a kind of excess: a policy with a million values has one problem, not a million. */
  #refuse(path: PolicyPath, message: string): null {
    if (!this.problems.some((problem) => problem.kind === 'invalid' && problem.message === message)) {
      this.problems.push({ kind: 'invalid', path, part: 'value', message })
    }
    return null
  }
}
