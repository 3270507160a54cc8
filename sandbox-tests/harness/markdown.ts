// What the documentation tests read out of markdown: headings, links, fenced blocks. Fenced text counts as neither heading nor link.

/** A fenced block. */
export interface FencedBlock {
  readonly language: string
  /** The words after the language: `run`, `file=scripts/greet.ts`. */
  readonly words: readonly string[]
  readonly text: string
  /** The line on which the block's text starts, from 1. */
  readonly line: number
}

/** The fenced blocks, in order. */
export function readBlocks(markdown: string): FencedBlock[] {
  return [...markdown.matchAll(/^(`{3,})([^\n`]*)\n(.*?)^\1$/gms)].map(({ 2: info = '', 3: text = '', index }) => {
    const [language = '', ...words] = info.trim().split(/\s+/)
    return { language, words, text, line: markdown.slice(0, index).split('\n').length + 1 }
  })
}

/** The text of every heading of a level. */
export function readHeadings(markdown: string, level: number): string[] {
  return [...withoutBlocks(markdown).matchAll(new RegExp(`^#{${level}} (.+)$`, 'gm'))].map(([, heading = '']) => heading.trim())
}

/** The targets of links and images. */
export function readLinks(markdown: string): string[] {
  const prose = withoutBlocks(markdown).replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)].map(([, target = '']) => target)
}

/** The anchors that headings make, as GitHub names them. */
export function readAnchors(markdown: string): Set<string> {
  const headings = [...withoutBlocks(markdown).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading)
  return new Set(headings.map(toAnchor))
}

function toAnchor(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
}

function withoutBlocks(markdown: string): string {
  return markdown.replace(/^(`{3,}).*?^\1$/gms, '')
}
