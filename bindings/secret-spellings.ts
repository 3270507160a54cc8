// The spellings that carry a secret value unintended: Base64, hex, what programs make of it for JSON, URLs and pages, one line of several.

/** What a spelling must have at least, to be told from chance. */
const SHORTEST_SPELLING = 8
const SHORTEST_LINE = 16
const SHORTEST_VALUE = 3

/** Every spelling of a value that is long enough to be told from chance; also of the value without the spaces around it, which no header carries. */
export function spellingsOf(value: string): readonly string[] {
  const bare = value.trim()
  return bare === value || bare.length < SHORTEST_VALUE ? spellingsAsIs(value) : [...spellingsAsIs(value), ...spellingsAsIs(bare)]
}

function spellingsAsIs(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8')
  const hex = bytes.toString('hex')
  const base64 = base64Spellings(bytes)
  const others = [...escapesOf(value), ...base64, ...base64.flatMap(escapesOf), hex, hex.toUpperCase()]
  const lines = value.split(/\r?\n/).map((line) => line.trim())
  return [
    value,
    ...others.filter((spelling) => spelling.length >= SHORTEST_SPELLING),
    ...(lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE) : []),
  ]
}

/** What else programs write for a text: no two of them escape the same characters. */
function escapesOf(text: string): readonly string[] {
  if (/^\w*$/.test(text)) return []
  return [...new Set([...jsonSpellings(text), ...urlSpellings(text), ...pageSpellings(text)])]
}

/** Some escape slashes, some what has a meaning in pages, some whatever is not ASCII; and JSON within JSON. */
function jsonSpellings(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1)
  const literal = text.replace(/[\\']/g, '\\$&')
  const [ascii, forPages] = [/[^\x20-\x7e]/g, /[<>&]/g].map((letters) => json.replace(letters, unitOf)) as [string, string]
  const all = [json, ascii, forPages, forPages.replace(/[='\u2028\u2029]/g, unitOf), json.replaceAll("'", "\\'"), literal]
  const withSlashes = [
    ...all,
    ...all.map((each) => each.replaceAll('/', '\\/')),
    ascii.replace(/[<>&'/]/g, (letter) => unitOf(letter).toUpperCase().replace('U', 'u')),
  ]
  return [...withSlashes, ...withSlashes.map((each) => JSON.stringify(each).slice(1, -1))]
}

/** Some escape all but letters and digits, some leave slashes, a space is a plus or not. */
function urlSpellings(value: string): readonly string[] {
  const usual = encodeURIComponent(value.toWellFormed())
  const strict = usual.replace(/[!'()*]/g, octetOf)
  const form = new URLSearchParams([['', value]]).toString().slice(1)
  const all = [usual, strict, strict.replaceAll('%2F', '/'), strict.replaceAll('%20', '+'), form]
  return [
    ...all,
    ...all.map((each) => each.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase())),
    ...all.map((each) => each.replaceAll('%', '%25')),
  ]
}

/** An apostrophe has many names. */
function pageSpellings(text: string): readonly string[] {
  const some = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quoted = some.replaceAll('"', '&quot;')
  return [
    some,
    quoted,
    ...['&#39;', '&#039;', '&#x27;', '&apos;'].map((name) => quoted.replaceAll("'", name)),
    some.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
  ]
}

function unitOf(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function octetOf(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`
}

/** At each of the three offsets that the value can have in what is encoded: the characters that depend on nothing but the value. */
function base64Spellings(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes])
    const first = Math.ceil((offset * 8) / 6)
    const last = Math.floor((padded.length * 8) / 6)
    return [padded.toString('base64').slice(first, last), padded.toString('base64url').slice(first, last)]
  })
}
