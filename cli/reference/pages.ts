// What the pages below docs/ say already, for the reference to take over: sections, and what errors.md says of each code.

/** A code as docs/errors.md explains it. */
export interface CodeEntry {
  readonly code: string
  /** The heading of the second level that it stands under. */
  readonly group: string
  readonly when: string
}

/** The text below a heading of the second level, up to the next one; undefined where the page has no such heading. */
export function sectionOf(page: string, heading: string): string | undefined {
  const sections = page.split(/^## /m).slice(1)
  const found = sections.find((section) => section.startsWith(`${heading}\n`))
  return found?.slice(heading.length).trim()
}

/** Every code of docs/errors.md, in its order. */
export function readCodes(page: string): readonly CodeEntry[] {
  return page
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const group = section.slice(0, section.indexOf('\n'))
      return section
        .split(/^### /m)
        .slice(1)
        .map((entry) => ({
          code: entry.slice(0, entry.indexOf('\n')),
          group,
          when: /\*\*When:\*\* (.+?)(?=\n\*\*|\n\n|$)/s.exec(entry)?.[1] ?? '',
        }))
    })
}

/** Links of a page in docs/bindings, as they have to be from docs/. */
export function relink(text: string): string {
  return text.replace(/\]\((?!https?:|#)([^)\s]+)\)/g, (_link, target: string) =>
    target.startsWith('../') ? `](${target.slice('../'.length)})` : `](bindings/${target})`,
  )
}
