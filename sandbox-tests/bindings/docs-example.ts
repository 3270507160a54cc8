// What a page of documentation says, read as something that can be run. Blocks carry a title: `scripts/….ts`, `policy.yaml`, `data/…` (a file below the root
// `data`), `event: NAME`, `filter: NAME` or `decision: NAME` (its payload), then `value` (what comes of it), and after that, where they matter, `sent` (requests
// that the servers of the page got) and `runs` (runs that it set off). A script, a policy or a data file after a value begins the next example of the page.
import { parse } from 'yaml'
import type { Files } from '../harness/engines.ts'
import { type FencedBlock, readBlocks } from '../harness/markdown.ts'

/** What the host asks the engine for. */
export type DocsKind = 'event' | 'filter' | 'decision'

/** An event, and what comes of it. */
export interface DocsStep {
  readonly kind: DocsKind
  readonly event: string
  readonly payload: unknown
  /** What the one run returns; of a filter or a decision, what it comes to. As JSON shows it. */
  readonly value: unknown
  /** What the requests that were sent have among others, in order; undefined where the page does not say. */
  readonly sent: readonly unknown[] | undefined
  /** What the runs that it set off have among others, in any order; undefined where the page does not say. */
  readonly runs: readonly unknown[] | undefined
  /** Of the block of the value, from 1. */
  readonly line: number
}

/** A directory of scripts, a policy, and events one after the other. */
export interface DocsExample {
  /** The heading that it stands under. */
  readonly heading: string
  readonly files: Files
  /** Files below the root `data`. */
  readonly data: Files
  readonly policy: object
  readonly steps: readonly DocsStep[]
}

interface Draft {
  readonly heading: string
  readonly files: Record<string, string>
  readonly data: Record<string, string>
  policy: object | undefined
  readonly steps: DocsStep[]
  event: Pick<DocsStep, 'kind' | 'event' | 'payload'> | undefined
}

const SOURCE = /^(?:policy\.yaml$|scripts\/|data\/)/
const KINDS: readonly string[] = ['event', 'filter', 'decision'] satisfies DocsKind[]

/** The examples of a page. Throws where a block stands alone: an event without a value, an example without a script or a policy. */
export function readExamples(markdown: string): readonly DocsExample[] {
  const drafts: Draft[] = []
  const lines = markdown.split('\n')
  for (const block of readBlocks(markdown)) {
    const title = titleOf(block)
    if (title === undefined) continue
    let draft = drafts.at(-1)
    if (draft === undefined || (SOURCE.test(title) && draft.steps.length > 0)) {
      draft = { heading: headingAbove(lines, block.line), files: {}, data: {}, policy: undefined, steps: [], event: undefined }
      drafts.push(draft)
    }
    add(draft, title, block)
  }
  return drafts.map(finish)
}

/** The title of a block; undefined where it has none. */
export function titleOf({ words }: FencedBlock): string | undefined {
  return /title="([^"]*)"/.exec(words.join(' '))?.[1]
}

function headingAbove(lines: readonly string[], line: number): string {
  return (
    lines
      .slice(0, line)
      .findLast((text) => /^#{1,6} /.test(text))
      ?.replace(/^#+ /, '') ?? ''
  )
}

function add(draft: Draft, title: string, { text, line }: FencedBlock): void {
  const [, kind = '', name = ''] = /^(\w+): (.+)$/.exec(title) ?? []
  if (title === 'policy.yaml') draft.policy = parse(text) as object
  else if (title.startsWith('scripts/')) draft.files[title.slice('scripts/'.length)] = text
  else if (title.startsWith('data/')) draft.data[title.slice('data/'.length)] = text
  else if (KINDS.includes(kind)) draft.event = { kind: kind as DocsKind, event: name, payload: JSON.parse(text) }
  else if (title === 'value') addValue(draft, JSON.parse(text), line)
  else if (title === 'sent' || title === 'runs') addMore(draft, { [title]: JSON.parse(text) as readonly unknown[] }, line)
  else
    throw new TypeError(
      `line ${line}: no block is titled "${title}"; there are scripts/NAME, policy.yaml, data/NAME, event: NAME, filter: NAME, decision: NAME, value, sent, runs`,
    )
}

function addValue(draft: Draft, value: unknown, line: number): void {
  if (draft.event === undefined) throw new TypeError(`line ${line}: a value without an event`)
  draft.steps.push({ ...draft.event, value, sent: undefined, runs: undefined, line })
  draft.event = undefined
}

function addMore(draft: Draft, more: Partial<Pick<DocsStep, 'sent' | 'runs'>>, line: number): void {
  const step = draft.steps.pop()
  if (step === undefined || draft.event !== undefined) throw new TypeError(`line ${line}: what was sent or run stands after the value`)
  draft.steps.push({ ...step, ...more })
}

function finish({ heading, files, data, policy, steps, event }: Draft): DocsExample {
  if (Object.keys(files).length === 0) throw new TypeError(`"${heading}": an example without a script`)
  if (policy === undefined) throw new TypeError(`"${heading}": an example without policy.yaml`)
  if (event !== undefined) throw new TypeError(`"${heading}": the event "${event.event}" has no value`)
  return { heading, files, data, policy, steps }
}
