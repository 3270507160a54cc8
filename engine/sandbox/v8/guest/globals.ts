// The global object: nothing that cannot be metered, nothing that the other runtime lacks, and the one function that leads out.
import type { HostOp } from '../../guest/kit.ts'
import type { V8Kit } from './v8-kit.ts'

/** Removes what cannot be metered and what the other runtime lacks, and hides the source of functions. Adds `host` and `complete` to the kit. */
export function globalsPart(kit: V8Kit): void {
  const root = globalThis as unknown as Record<string, never>
  const { deleteProperty } = Reflect
  const { defineProperty, getPrototypeOf, prototype: ObjectPrototype, setPrototypeOf } = Object
  const TypeErrorOf = TypeError
  const MOST_CHARS = 33_554_432
  const STOP_AND_SAY = 2
  const SITE = 101

  const host: HostOp = (op, text) => {
    const answer = text.length > MOST_CHARS ? undefined : kit.ask(op, text)
    if (typeof answer !== 'number') return answer
    if (answer === STOP_AND_SAY) kit.ask(SITE, kit.where(0))
    kit.terminate()
    return undefined
  }
  kit.host = host

  const unwanted: [object, string[]][] = [
    [root, ['SuppressedError', 'DisposableStack', 'AsyncDisposableStack', 'console']],
    [RegExp, ['input', '$_', 'lastMatch', '$&', 'lastParen', '$+', 'leftContext', '$`', 'rightContext', "$'"]],
    [RegExp, ['$1', '$2', '$3', '$4', '$5', '$6', '$7', '$8', '$9']],
    [JSON, ['rawJSON', 'isRawJSON']],
    [Array, ['fromAsync']],
  ]
  for (const [owner, names] of unwanted) for (const name of names) deleteProperty(owner, name)
  // The engine adds its younger features to each context anew, after the snapshot.
  kit.complete = () => {
    deleteProperty(root, 'WebAssembly')
    deleteProperty(root, 'SharedArrayBuffer')
    deleteProperty(root, 'Atomics')
    deleteProperty(root, 'vivarium')
    setPrototypeOf(root, ObjectPrototype)
  }
  defineProperty(root, Symbol.toStringTag, { __proto__: null, value: 'global', configurable: true } as PropertyDescriptor)

  const replace = (target: object, name: string, value: unknown): void => {
    defineProperty(target, name, { __proto__: null, value, writable: true, configurable: true } as PropertyDescriptor)
  }
  // The source of functions is nobody's business.
  const AsyncPrototype = getPrototypeOf(async () => {}) as object
  const GeneratorPrototype = getPrototypeOf(function* () {}) as object
  const AsyncGeneratorPrototype = getPrototypeOf(async function* () {}) as object
  const kindOf = (prototype: object | null): string =>
    prototype === AsyncPrototype
      ? 'async function '
      : prototype === GeneratorPrototype
        ? 'function *'
        : prototype === AsyncGeneratorPrototype
          ? 'async function *'
          : 'function '
  replace(
    Function.prototype,
    'toString',
    {
      toString(this: unknown): string {
        if (typeof this !== 'function') throw new TypeErrorOf('not a function')
        const name: unknown = this.name
        return `${kindOf(getPrototypeOf(this) as object | null) + (name === undefined ? '' : name)}() {\n    [native code]\n}`
      },
    }.toString,
  )
}
