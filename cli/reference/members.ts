// The members of an object type, taken apart: what the doc comment of each says, and how it is written. For the type texts of bindings, which are laid out alike.

/** A member of an object type. */
export interface Member {
  readonly name: string
  /** The declaration, without its doc comment. */
  readonly declaration: string
  /** What the doc comment says, without its tags. */
  readonly says: string
  /** Of the comment's `@example`; undefined where there is none. */
  readonly example: string | undefined
}

/** Members of a type such as `{\n  /** … *\/\n  get(key: string): …\n}`: indented by two spaces, each with a comment before it. */
export function membersOf(type: string): readonly Member[] {
  const body = type.trim().replace(/^\{\n/, '').replace(/\n\}$/, '')
  return body
    .split(/^(?= {2}\/\*\*)/m)
    .filter((part) => part.trim() !== '')
    .map(readMember)
}

function readMember(part: string): Member {
  const end = part.indexOf('*/') + 2
  const declaration = unindent(part.slice(end)).trim()
  const comment = part
    .slice(0, end)
    .trim()
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim()
  const [says = '', example] = comment.split(/^@example\n/m)
  return { name: /^[\w$]+/.exec(declaration)?.[0] ?? '', declaration, says: says.trim(), example: example?.trim() }
}

function unindent(text: string): string {
  return text.replace(/^ {2}/gm, '')
}
