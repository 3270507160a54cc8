// Small pieces of Markdown for comments. What other people wrote goes through `plain` first.

/** Text as text: it formats nothing and notifies nobody. */
export function plain(text: string): string {
  return text.replace(/[\\`*_[\]<>#|~]/g, '\\$&').replace(/@(?=\w)/g, '@\u200b')
}

export function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n')
}

/** A heading and what is under it; nothing where there is nothing under it. */
export function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `## ${title}\n\n${bullets(lines)}`
}

/** Parts with an empty line between them. */
export function paragraphs(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n')
}

export function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
