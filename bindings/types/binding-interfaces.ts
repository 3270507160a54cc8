// The types of bindings as interfaces of their own: errors and editors then say `KvBinding`, not all that is in it.

/** What is no code: comments and texts, which may hold braces that do not match. */
const NO_CODE = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g
/** What an object type may be and an interface may not. */
const MAPPED = /^\{\s*[+-]?(?:readonly\s+)?\[\s*[\w$]+\s+in\s/

/** The interfaces of one text, under names that no two of them share. */
export class BindingInterfaces {
  readonly #written = new Map<string, string>()

  /** What stands for the type of a binding: the name of its interface where it is an object type, else the type itself. */
  nameOf(binding: string, type: string): string {
    const name = `${binding.slice(0, 1).toUpperCase()}${binding.slice(1)}Binding`
    if (!isObjectType(type) || this.#written.has(name)) return type
    this.#written.set(name, type)
    return name
  }

  /** The declarations, in the order in which names were asked for. */
  declarations(): readonly string[] {
    return [...this.#written].map(([name, type]) => `export interface ${name} ${type}`)
  }
}

/** Whether a type is one pair of braces and what is between them. */
function isObjectType(type: string): boolean {
  const code = type.replace(NO_CODE, '""')
  if (!code.startsWith('{') || MAPPED.test(code)) return false
  let depth = 0
  for (let index = 0; index < code.length; index++) {
    if (code[index] === '{') depth++
    if (code[index] === '}') depth--
    if (depth === 0) return index === code.length - 1
  }
  return false
}
