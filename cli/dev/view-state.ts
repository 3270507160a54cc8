// What the person at the terminal has chosen to see.
import type { Fixture } from '../fixtures.ts'
import { ALL, type LogFilter } from './log-tail.ts'

/** One entry of the menu of events. */
export interface Choice {
  readonly label: string
  /** What a person must know of it: that it cannot be sent. Undefined for one that can. */
  readonly problem: string | undefined
  readonly fixture: Fixture | undefined
}

/** What lies over the main view. */
export type Overlay =
  | { readonly kind: 'none' }
  | { readonly kind: 'help' }
  | { readonly kind: 'menu'; readonly script: string; readonly choices: readonly Choice[]; readonly index: number }
  /** The failure with this index, the latest being 0. */
  | { readonly kind: 'failure'; readonly index: number; readonly scroll: number }
  | { readonly kind: 'script'; readonly script: string; readonly scroll: number }

/** See the head of the file. */
export interface ViewState {
  readonly overlay: Overlay
  /** The id of the selected script; undefined before there was one. */
  readonly selected: string | undefined
  readonly filter: LogFilter
  /** Whether what is typed goes into the filter's text. */
  readonly isTyping: boolean
  /** Lines of the log that were scrolled past, from its end. */
  readonly logSkip: number
  /** What the last key came to; empty where there is nothing to say. */
  readonly message: string
}

/** How it begins. */
export function firstState(filter: LogFilter = ALL): ViewState {
  return { overlay: { kind: 'none' }, selected: undefined, filter, isTyping: false, logSkip: 0, message: '' }
}
