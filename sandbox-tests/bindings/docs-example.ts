// What a page of docs/bindings says, read as something that can be run. Blocks carry a title: `scripts/….ts`, `policy.yaml`, `event: NAME` (its payload) and
// `value` (what the run returns). A script or a policy after a value begins the next example of the page.
import { parse } from 'yaml'
import type { Files } from '../harness/engines.ts'
import { type FencedBlock, readBlocks } from '../harness/markdown.ts'

/** An event, and what its one run returns. */
export interface DocsStep {
  readonly event: string
  readonly payload: unknown
  /** As JSON shows it. */
  readonly value: unknown
  /** Of the block of the value, from 1. */
  readonly line: number
}

/** A directory of scripts, a policy, and events one after the other. */
export interface DocsExample {
  readonly files: Files
  readonly policy: object
  readonly steps: readonly DocsStep[]
}

interface Draft {
  readonly files: Record<string, string>
  policy: object | undefined
  readonly steps: DocsStep[]
  event: { readonly name: string; readonly payload: unknown } | undefined
}

/** The examples of a page. Throws where a block stands alone: an event without a value, an example without a script or a policy. */
export function readExamples(markdown: string): readonly DocsExample[] {
  const drafts: Draft[] = []
  for (const block of readBlocks(markdown)) {
    const title = titleOf(block)
    if (title !== undefined) add(drafts, title, block)
  }
  return drafts.map(finish)
}

function titleOf({ words }: FencedBlock): string | undefined {
  return /title="([^"]*)"/.exec(words.join(' '))?.[1]
}

function add(drafts: Draft[], title: string, { text, line }: FencedBlock): void {
  let draft = drafts.at(-1)
  const isSource = title === 'policy.yaml' || title.startsWith('scripts/')
  if (draft === undefined || (isSource && draft.steps.length > 0)) {
    draft = { files: {}, policy: undefined, steps: [], event: undefined }
    drafts.push(draft)
  }
  if (title === 'policy.yaml') draft.policy = parse(text) as object
  else if (title.startsWith('scripts/')) draft.files[title.slice('scripts/'.length)] = text
  else if (title.startsWith('event:')) draft.event = { name: title.slice('event:'.length).trim(), payload: JSON.parse(text) }
  else if (title === 'value') addValue(draft, JSON.parse(text), line)
  else throw new TypeError(`line ${line}: no block is titled "${title}"; there are scripts/NAME, policy.yaml, event: NAME, value`)
}

function addValue(draft: Draft, value: unknown, line: number): void {
  if (draft.event === undefined) throw new TypeError(`line ${line}: a value without an event`)
  draft.steps.push({ event: draft.event.name, payload: draft.event.payload, value, line })
  draft.event = undefined
}

function finish({ files, policy, steps, event }: Draft): DocsExample {
  if (Object.keys(files).length === 0) throw new TypeError('an example without a script')
  if (policy === undefined) throw new TypeError('an example without policy.yaml')
  if (event !== undefined) throw new TypeError(`the event "${event.name}" has no value`)
  return { files, policy, steps }
}
