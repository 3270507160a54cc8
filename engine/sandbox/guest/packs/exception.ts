// DOMException: what the other lazy globals throw where the web's standards say so.

/** Fills `made` with `DOMException` and, for the other packs, `thrown` (makes one) and `isException` (tells one). */
export function exceptionPack(_kit: unknown, made: Record<string, unknown>): void {
  const { defineProperty } = Object
  const ErrorOf = Error
  const codes: Record<string, number> = {
    __proto__: null as never,
    IndexSizeError: 1,
    HierarchyRequestError: 3,
    WrongDocumentError: 4,
    InvalidCharacterError: 5,
    NoModificationAllowedError: 7,
    NotFoundError: 8,
    NotSupportedError: 9,
    InUseAttributeError: 10,
    InvalidStateError: 11,
    SyntaxError: 12,
    InvalidModificationError: 13,
    NamespaceError: 14,
    InvalidAccessError: 15,
    TypeMismatchError: 17,
    SecurityError: 18,
    NetworkError: 19,
    AbortError: 20,
    URLMismatchError: 21,
    QuotaExceededError: 22,
    TimeoutError: 23,
    InvalidNodeTypeError: 24,
    DataCloneError: 25,
  }
  let isException = (_value: object): boolean => false

  class DOMException extends ErrorOf {
    readonly #message: string
    readonly #name: string
    static {
      isException = (value) => #name in value
    }
    constructor(message: unknown = '', options: unknown = 'Error') {
      super()
      this.#message = `${message}`
      const isTable = (typeof options === 'object' && options !== null) || typeof options === 'function'
      const name = isTable ? (options as { name?: unknown }).name : options
      this.#name = name === undefined ? 'Error' : `${name}`
      if (!isTable || !('cause' in options)) return
      defineProperty(this, 'cause', { __proto__: null, value: options.cause, writable: true, configurable: true } as PropertyDescriptor)
    }
    override get message(): string {
      return this.#message
    }
    override get name(): string {
      return this.#name
    }
    get code(): number {
      return codes[this.#name] ?? 0
    }
  }
  const tag = { __proto__: null, value: 'DOMException', configurable: true } as PropertyDescriptor
  defineProperty(DOMException.prototype, Symbol.toStringTag, tag)
  made['DOMException'] = DOMException
  made['thrown'] = (name: string, message: string) => new DOMException(message, name)
  made['isException'] = isException
}
