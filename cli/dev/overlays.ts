// What lies over the main picture of `dev`: a failure with its frame, a script, the menu of events, the help.
import { formatTypeProblem } from '../check/print-findings.ts'
import { formatOutcome } from '../print-outcome.ts'
import { describeHome, formatScript } from '../print-script.ts'
import { safeLine } from '../safe-text.ts'
import { paint } from '../terminal.ts'
import { fit, wrap } from './columns.ts'
import type { Failure } from './dev-session.ts'
import type { View } from './main-view.ts'
import type { Choice, Overlay } from './view-state.ts'

/** A text over the whole screen. */
interface Page {
  readonly title: string
  readonly lines: readonly string[]
  /** The first line that is shown. */
  readonly first: number
  readonly keys: string
}

const HELP = `Keys of "vivarium dev"

  ↑ ↓  or k j     select a script
  ⏎               show the selected script: what it declares, why it does not load
  f               fire an event at the selected script: one of fixtures/*.json
  .               send again what was sent last
  a               send it again by itself each time a script was saved, or no longer
  r               re-run the last failure, with the payload that it had
  o               open the last failure: its frame, its stack, what to do; ← → for others
  c               clear runs and log

Log
  /               show only lines with a text
  l               only this level and worse: debug, info, warn, error
  s               only lines of the selected script
  x  or Esc       show everything
  PgUp PgDn       scroll

  Ctrl+L redraws, Ctrl+Z suspends (fg comes back), q or Ctrl+C ends.

Fixtures: fixtures/EVENT.json is a payload; fixtures/NAME.json may be { "event": "…", "payload": … }.`

/** A drawn overlay. */
export interface DrawnOverlay {
  /** As many lines as there are rows, none wider than the screen. */
  readonly lines: string[]
  /** The first line that is shown: how far it is really scrolled. */
  readonly first: number
}

/** Draws what lies over the main picture; undefined where nothing does. */
export function drawOverlay(view: View): DrawnOverlay | undefined {
  const { overlay } = view.state
  if (overlay.kind === 'none') return undefined
  const page = pageOf(overlay, view)
  return { lines: drawPage(page, view), first: page.first }
}

function pageOf(overlay: Exclude<Overlay, { kind: 'none' }>, view: View): Page {
  switch (overlay.kind) {
    case 'help':
      return { title: 'help', lines: HELP.split('\n'), first: 0, keys: 'any key goes back' }
    case 'menu':
      return menuPage(overlay, view)
    case 'failure':
      return failurePage(overlay, view)
    case 'script':
      return scriptPage(overlay, view)
  }
}

function menuPage({ script, choices, index }: Extract<Overlay, { kind: 'menu' }>, { size }: View): Page {
  const room = Math.max(1, size.rows - 2)
  return {
    title: `fire at ${safeLine(script)}`,
    lines: choices.map((choice, at) => drawChoice(choice, at, at === index)),
    first: Math.max(0, Math.min(index - Math.floor(room / 2), choices.length - room)),
    keys: '⏎ fire at it  a at all scripts that handle it  ↑↓ select  Esc back',
  }
}

function drawChoice({ label, problem }: Choice, at: number, isSelected: boolean): string {
  const number = at < 9 ? String(at + 1) : ' '
  const line = `${isSelected ? '>' : ' '} ${number} ${safeLine(label)}${problem === undefined ? '' : `  ${paint('red', safeLine(problem))}`}`
  return isSelected ? paint('bold', line) : line
}

function failurePage({ index, scroll }: Extract<Overlay, { kind: 'failure' }>, view: View): Page {
  const { failures } = view.session
  const failure = failures[index]
  const text = failure === undefined ? 'Nothing failed, or it works by now.' : describeFailure(failure, view)
  const number = failures.length > 1 ? ` ${index + 1} of ${failures.length}, the latest first` : ''
  const can = failure?.kind === 'run' && failure.entry.shot !== undefined ? 'r re-run it  ' : ''
  return textPage({ title: `failure${number}`, text, scroll, keys: `${can}← → others  ↑↓ scroll  Esc back` }, view)
}

function describeFailure(failure: Failure, { session }: View): string {
  if (failure.kind === 'load') return formatScript(failure.script)
  if (failure.kind === 'types') return failure.problems.map(formatTypeProblem).join('\n\n')
  const { outcome, shot } = failure.entry
  const script = session.scripts.find(({ id }) => id === outcome.script)
  const sent = shot === undefined ? '' : `\n  ${paint('dim', 'sent')}   ${safeLine(shot.from)}`
  return formatOutcome(outcome, { line: undefined, home: script === undefined ? '' : describeHome(script), isKnownError: false }) + sent
}

function scriptPage({ script: id, scroll }: Extract<Overlay, { kind: 'script' }>, view: View): Page {
  const script = view.session.scripts.find((candidate) => candidate.id === id)
  const latest = view.session.runs.latest(Number.POSITIVE_INFINITY).find(({ outcome }) => outcome.script === id)
  const parts = [
    script === undefined ? 'It is gone.' : formatScript(script),
    ...(latest === undefined
      ? []
      : ['', 'Its latest run:', formatOutcome(latest.outcome, { line: undefined, home: '', isKnownError: false })]),
  ]
  return textPage({ title: safeLine(id), text: parts.join('\n'), scroll, keys: 'f fire an event at it  ↑↓ scroll  Esc back' }, view)
}

interface Text {
  readonly title: string
  readonly text: string
  readonly scroll: number
  readonly keys: string
}

function textPage({ title, text, scroll, keys }: Text, { size }: View): Page {
  const lines = text.split('\n').flatMap((line) => wrap(line, size.columns, '    '))
  return { title, lines, first: Math.min(scroll, Math.max(0, lines.length - (size.rows - 2))), keys }
}

function drawPage({ title, lines, first, keys }: Page, { size: { rows, columns } }: View): string[] {
  const room = Math.max(0, rows - 2)
  const shown = lines.slice(first, first + room).map((line) => fit(line, columns))
  const below = lines.length - first - room
  const more = below > 0 ? `  (${below} more lines)` : ''
  const body = Array.from({ length: room }, (_, row) => shown[row] ?? '')
  return [paint('inverse', fit(` vivarium dev: ${title} `, columns)), ...body, paint('dim', fit(`${keys}${more}`, columns))].slice(-rows)
}
