// Pieces of TypeScript as text: names, literals, doc comments, indentation.

/** What no parameter can be called in strict code. */
const RESERVED_WORDS = new Set(
  [
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import',
    'in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield',
  ].flatMap((words) => words.split(' ')),
)

/** Whether the language has taken a word. */
export function isReservedWord(word: string): boolean {
  return RESERVED_WORDS.has(word)
}

/** A property's name, quoted where it has to be. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : textLiteral(name)
}

/** A text as a literal; whatever is in it stays in it. */
export function textLiteral(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${escaped.replace(/[\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, escapeUnit)}'`
}

/** A doc comment, with a line break at its end; empty where there is nothing to say. */
export function docComment(lines: readonly (string | undefined)[]): string {
  const said = lines
    .flatMap((line) => (line === undefined ? [] : line.split(/\r\n|[\n\r\u2028\u2029]/)))
    .map((line) => line.trimEnd().replaceAll('*/', '*\\/'))
    .filter((line, index, all) => line !== '' || (index > 0 && index < all.length - 1))
  if (said.length === 0) return ''
  if (said.length === 1) return `/** ${said[0]} */\n`
  return `/**\n${said.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`
}

/** Text with every line but the empty ones moved in. */
export function indent(text: string, by = '  '): string {
  return text.replace(/^(?=.)/gm, by)
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
