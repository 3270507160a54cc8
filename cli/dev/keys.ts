// What a key does: from one state of the view to the next, and what is to be done beside that. Pure, so that every key can be tried without a terminal.
import type { ScriptInfo } from '../../engine/index.ts'
import type { Failure } from './dev-session.ts'
import { ALL, LEVELS, type LogFilter } from './log-tail.ts'
import type { Shot } from './run-history.ts'
import type { Choice, Overlay, ViewState } from './view-state.ts'

/** A key as node:readline tells of it. */
export interface Key {
  readonly name?: string | undefined
  readonly ctrl?: boolean | undefined
  readonly meta?: boolean | undefined
  /** The characters that it sent. */
  readonly sequence?: string | undefined
}

/** What is to be done beside changing the view. */
export type Act =
  | { readonly do: 'quit' | 'interrupt' | 'suspend' | 'redraw' | 'clear' | 'send-last' | 'send-failed' | 'toggle-on-save' }
  | { readonly do: 'open-menu'; readonly script: string }
  | { readonly do: 'send'; readonly shot: Shot }

/** What a key came to. */
export interface Pressed {
  readonly state: ViewState
  readonly act?: Act
}

/** What keys look at. */
export interface KeyContext {
  readonly scripts: readonly ScriptInfo[]
  readonly failures: readonly Failure[]
  /** Rows that a page scrolls by. */
  readonly page: number
}

const CLOSED: Overlay = Object.freeze({ kind: 'none' })
const NO_SCRIPT = 'There is no script yet.'

/** Presses a key. */
export function press(key: Key, before: ViewState, context: KeyContext): Pressed {
  const state: ViewState = { ...before, message: '' }
  if (key.ctrl === true) return pressWithControl(key, state)
  if (state.isTyping) return { state: type(key, state) }
  switch (state.overlay.kind) {
    case 'none':
      return pressInMain(key, state, context)
    case 'help':
      return { state: close(state) }
    case 'menu':
      return pressInMenu(key, state, state.overlay)
    default:
      return pressInText(key, state, state.overlay, context)
  }
}

function pressWithControl({ name }: Key, state: ViewState): Pressed {
  switch (name) {
    case 'c':
      return { state, act: { do: 'interrupt' } }
    case 'd':
      return { state, act: { do: 'quit' } }
    case 'z':
      return { state, act: { do: 'suspend' } }
    case 'l':
      return { state, act: { do: 'redraw' } }
    case 'u':
      return { state: state.isTyping ? withFilter(state, { text: '' }) : state }
    default:
      return { state }
  }
}

/** Into the text that lines of the log must contain. */
function type({ name, sequence = '' }: Key, state: ViewState): ViewState {
  const { text = '' } = state.filter
  if (name === 'return' || name === 'enter') return { ...state, isTyping: false }
  if (name === 'escape') return { ...withFilter(state, { text: undefined }), isTyping: false }
  if (name === 'backspace') return withFilter(state, { text: Array.from(text).slice(0, -1).join('') })
  return /^\P{Cc}+$/u.test(sequence) ? withFilter(state, { text: text + sequence }) : state
}

function pressInMain(key: Key, state: ViewState, context: KeyContext): Pressed {
  const { scripts, failures, page } = context
  switch (nameOf(key)) {
    case 'up':
    case 'k':
      return { state: select(state, scripts, -1) }
    case 'down':
    case 'j':
      return { state: select(state, scripts, 1) }
    case 'pageup':
      return { state: { ...state, logSkip: state.logSkip + page } }
    case 'pagedown':
      return { state: { ...state, logSkip: Math.max(0, state.logSkip - page) } }
    case 'return':
    case 'enter':
      return { state: withScript(state, (script) => ({ ...state, overlay: { kind: 'script', script, scroll: 0 } })) }
    case 'f':
      return openMenu(state)
    case 'o':
      if (failures.length === 0) return { state: say(state, 'Nothing failed so far.') }
      return { state: { ...state, overlay: { kind: 'failure', index: 0, scroll: 0 } } }
    case '?':
    case 'h':
      return { state: { ...state, overlay: { kind: 'help' } } }
    default:
      return pressAnywhere(key, pressForFilter(key, state))
  }
}

/** Keys that choose what is seen of the log. */
function pressForFilter(key: Key, state: ViewState): ViewState {
  const { filter, selected } = state
  switch (nameOf(key)) {
    case '/':
      return { ...withFilter(state, { text: filter.text ?? '' }), isTyping: true }
    case 'l': {
      const next = LEVELS[filter.level === undefined ? 1 : LEVELS.indexOf(filter.level) + 1]
      return withFilter(state, { level: next })
    }
    case 's':
      return withScript(state, () => withFilter(state, { script: filter.script === undefined ? selected : undefined }))
    case 'x':
    case 'escape':
      return withFilter(state, ALL)
    default:
      return state
  }
}

/** Keys that do the same whatever is shown. */
function pressAnywhere(key: Key, state: ViewState): Pressed {
  switch (nameOf(key)) {
    case 'q':
      return { state, act: { do: 'quit' } }
    case 'r':
      return { state, act: { do: 'send-failed' } }
    case '.':
      return { state, act: { do: 'send-last' } }
    case 'a':
      return { state, act: { do: 'toggle-on-save' } }
    case 'c':
      return { state: { ...state, logSkip: 0 }, act: { do: 'clear' } }
    default:
      return { state }
  }
}

function pressInMenu(key: Key, state: ViewState, menu: Extract<Overlay, { kind: 'menu' }>): Pressed {
  const { choices, index, script } = menu
  const choose = (at: number): ViewState => ({ ...state, overlay: { ...menu, index: Math.max(0, Math.min(at, choices.length - 1)) } })
  const name = nameOf(key)
  switch (name) {
    case 'up':
    case 'k':
      return { state: choose(index - 1) }
    case 'down':
    case 'j':
      return { state: choose(index + 1) }
    case 'return':
    case 'enter':
      return fire(state, choices[index], script)
    case 'a':
      return fire(state, choices[index], undefined)
    case 'q':
    case 'escape':
      return { state: close(state) }
    default:
      return /^[1-9]$/.test(name) && choices[Number(name) - 1] !== undefined ? fire(state, choices[Number(name) - 1], script) : { state }
  }
}

function pressInText(
  key: Key,
  state: ViewState,
  overlay: Extract<Overlay, { kind: 'failure' | 'script' }>,
  { failures, page }: KeyContext,
): Pressed {
  const scrolled = (by: number): Pressed => ({ state: { ...state, overlay: { ...overlay, scroll: Math.max(0, overlay.scroll + by) } } })
  switch (nameOf(key)) {
    case 'up':
    case 'k':
      return scrolled(-1)
    case 'down':
    case 'j':
      return scrolled(1)
    case 'pageup':
      return scrolled(-page)
    case 'pagedown':
    case 'space':
      return scrolled(page)
    case 'left':
      return { state: turn(state, overlay, -1, failures) }
    case 'right':
      return { state: turn(state, overlay, 1, failures) }
    case 'f':
      return overlay.kind === 'script' ? openMenu({ ...state, selected: overlay.script }) : { state }
    case 'r':
      return overlay.kind === 'failure' ? rerun(state, failures[overlay.index]) : { state }
    case 'q':
    case 'escape':
    case 'o':
    case 'return':
      return { state: close(state) }
    default:
      return { state }
  }
}

/** To an earlier failure, or a later one. */
function turn(state: ViewState, overlay: Overlay, by: number, failures: readonly Failure[]): ViewState {
  if (overlay.kind !== 'failure') return state
  const index = Math.max(0, Math.min(overlay.index + by, failures.length - 1))
  return { ...state, overlay: { kind: 'failure', index, scroll: 0 } }
}

/** The failure that is open, rather than the last. */
function rerun(state: ViewState, failure: Failure | undefined): Pressed {
  if (failure?.kind !== 'run' || failure.entry.shot === undefined)
    return { state: say(state, 'It cannot be re-run: it was not sent from here.') }
  return { state: close(state), act: { do: 'send', shot: { ...failure.entry.shot, script: failure.entry.outcome.script } } }
}

function fire(state: ViewState, choice: Choice | undefined, script: string | undefined): Pressed {
  if (choice?.fixture === undefined) return { state: say(state, choice?.problem ?? 'There is nothing to fire.') }
  const { event, payload } = choice.fixture
  return { state: close(state), act: { do: 'send', shot: { event, payload, script, from: choice.label } } }
}

function openMenu(state: ViewState): Pressed {
  return state.selected === undefined ? { state: say(state, NO_SCRIPT) } : { state, act: { do: 'open-menu', script: state.selected } }
}

function select(state: ViewState, scripts: readonly ScriptInfo[], by: number): ViewState {
  const index = scripts.findIndex(({ id }) => id === state.selected)
  const next = scripts[Math.max(0, Math.min(index + by, scripts.length - 1))]
  if (next === undefined) return say(state, NO_SCRIPT)
  // A filter by script follows the selection.
  const filter = state.filter.script === undefined ? state.filter : { ...state.filter, script: next.id }
  return { ...state, selected: next.id, filter }
}

function withScript(state: ViewState, change: (script: string) => ViewState): ViewState {
  return state.selected === undefined ? say(state, NO_SCRIPT) : change(state.selected)
}

function withFilter(state: ViewState, change: Partial<LogFilter>): ViewState {
  return { ...state, filter: { ...state.filter, ...change }, logSkip: 0 }
}

function close(state: ViewState): ViewState {
  return { ...state, overlay: CLOSED }
}

function say(state: ViewState, message: string): ViewState {
  return { ...state, message }
}

/** The name of a key, or the character where it has none. */
function nameOf({ name, sequence = '' }: Key): string {
  return sequence === '?' || sequence === '/' || sequence === '.' ? sequence : (name ?? sequence)
}
