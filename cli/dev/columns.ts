// Text in the columns of a terminal: how wide it is, cut, filled up and broken to a width. Colours take no column and survive a cut.

const STYLE = new RegExp(`(${'\u001b'}\\[[\\d;]*m)`, 'g')
const RESET = '\u001b[0m'
/** Letters that most terminals draw two columns wide. Where one disagrees, a line is short or cut at the edge, never broken. */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u
const WIDTHLESS = /\p{Mn}|\p{Me}/u

/** Columns that a text takes. */
export function widthOf(text: string): number {
  let width = 0
  for (const letter of text.replace(STYLE, '')) width += widthOfLetter(letter)
  return width
}

/** The text in at most so many columns; one that is cut ends with an ellipsis. */
export function fit(text: string, columns: number): string {
  if (columns <= 0) return ''
  if (text.length <= columns && !text.includes('\u001b') && widthOf(text) <= columns) return text
  const [first = '', ...rest] = cutLines(text, columns)
  if (rest.length === 0) return first
  const [shorter = ''] = cutLines(text, columns - 1)
  return `${columns === 1 ? '' : shorter}…`
}

/** The text in exactly so many columns. */
export function fill(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const fitted = fit(text, columns)
  const space = ' '.repeat(Math.max(0, columns - widthOf(fitted)))
  return align === 'left' ? fitted + space : space + fitted
}

/** The text on as many lines as it takes. What continues has the indent, and no colour. */
export function wrap(text: string, columns: number, indent = '  '): string[] {
  const [first = '', ...rest] = cutLines(text, columns)
  if (rest.length === 0) return [first]
  const room = columns - indent.length
  return room < 8
    ? [first, ...rest]
    : [first, ...cutLines(rest.map((line) => line.replace(STYLE, '')).join(''), room).map((line) => indent + line)]
}

/** Cuts a text into lines of at most so many columns; a style that is open at a cut is closed there. */
function cutLines(text: string, columns: number): string[] {
  const most = Math.max(1, columns)
  const lines: string[] = []
  let line = ''
  let width = 0
  for (const part of text.split(STYLE)) {
    if (part.startsWith('\u001b')) {
      line += part
      continue
    }
    for (const letter of part) {
      const wide = widthOfLetter(letter)
      if (width + wide > most) {
        lines.push(line.includes('\u001b') ? line + RESET : line)
        line = ''
        width = 0
      }
      line += letter
      width += wide
    }
  }
  // What is left may be nothing but the end of a style.
  if (width > 0 || lines.length === 0) lines.push(line)
  return lines
}

function widthOfLetter(letter: string): number {
  if (letter >= ' ' && letter <= '~') return 1
  return WIDTHLESS.test(letter) ? 0 : WIDE.test(letter) ? 2 : 1
}
