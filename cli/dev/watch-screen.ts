// `dev` on a terminal: paints what the session knows, at most so often, and does what keys ask for.
import { emitKeypressEvents } from 'node:readline'
import type { ReadStream, WriteStream } from 'node:tty'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { errorParts } from '../report-error.ts'
import { findChoices } from './choices.ts'
import type { DevSession } from './dev-session.ts'
import { type Act, type Key, press } from './keys.ts'
import type { LogFilter } from './log-tail.ts'
import { drawMain, rowsOfLog, type View } from './main-view.ts'
import { drawOverlay } from './overlays.ts'
import type { Shot } from './run-history.ts'
import { Screen } from './screen.ts'
import { firstState, type ViewState } from './view-state.ts'

/** What the screen shows and drives. */
export interface ScreenHost {
  readonly session: DevSession
  readonly directory: string
  readonly filter: LogFilter
  /** Aborted when a signal asks for an end. */
  readonly signal: AbortSignal
}

/** Pictures come no faster: a slow line is not flooded. */
const EVERY_MS = 50
const SUSPENSION_MS = 100

/** Shows the session until a key or the signal ends it. Resolves with the exit code that a key calls for. */
export async function watchOnScreen(host: ScreenHost): Promise<ExitCode> {
  using live = new LiveScreen(host)
  return await live.ended
}

class LiveScreen implements Disposable {
  readonly ended: Promise<ExitCode>
  readonly #host: ScreenHost
  readonly #input: ReadStream = process.stdin
  readonly #screen: Screen
  readonly #end: (code: ExitCode) => void
  readonly #stops: (() => void)[] = []
  #state: ViewState
  #timer: NodeJS.Timeout | undefined
  #suspension: NodeJS.Timeout | undefined
  #paintedAt = Number.NEGATIVE_INFINITY

  constructor(host: ScreenHost) {
    this.#host = host
    const { session, signal, filter } = host
    this.#state = { ...firstState(filter), selected: filter.script }
    const { promise, resolve } = Promise.withResolvers<ExitCode>()
    this.ended = promise
    this.#end = resolve
    const output: WriteStream = process.stdout
    this.#screen = new Screen({
      input: this.#input,
      output,
      onResize: () => this.#paint(),
      onForeignText: (text) => session.note('warn', text.trimEnd()),
    })
    this.#stops.push(session.onNews(() => this.#paintSoon()))
    const onAbort = (): void => resolve(EXIT.ok) // the signal's own code counts
    signal.addEventListener('abort', onAbort)
    this.#stops.push(() => signal.removeEventListener('abort', onAbort))
    process.on('SIGCONT', this.#comeBack)
    this.#stops.push(() => process.off('SIGCONT', this.#comeBack))
    this.#listenToKeys()
    if (signal.aborted) onAbort()
    this.#paint()
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#suspension)
    for (const stop of this.#stops) stop()
    this.#screen[Symbol.dispose]()
    this.#input.pause()
  }

  #listenToKeys(): void {
    let last: Promise<void> | undefined
    // One after another: what is typed ahead is for the menu that is about to open.
    const onKey = (_text: string | undefined, key: Key): void => {
      const done = last === undefined ? this.#press(key) : last.then(() => this.#press(key))
      if (done === undefined) return
      const turn = done.then(() => {
        if (last === turn) last = undefined
      })
      last = turn
    }
    const onEnd = (): void => this.#end(EXIT.ok) // the terminal is gone
    emitKeypressEvents(this.#input)
    this.#input.on('keypress', onKey).on('end', onEnd).on('error', onEnd)
    this.#input.resume()
    this.#stops.push(() => this.#input.off('keypress', onKey).off('end', onEnd))
  }

  /** A promise where the next key has to wait. Never rejects. */
  #press(key: Key): Promise<void> | undefined {
    const { scripts, failures } = this.#host.session
    const { size } = this.#screen
    const page = this.#state.overlay.kind === 'none' ? rowsOfLog(size, scripts.length) : Math.max(1, size.rows - 3)
    const { state, act } = press(key, this.#state, { scripts, failures, page })
    this.#state = state
    const done = act === undefined ? undefined : this.#do(act)
    this.#paint()
    return done
  }

  #do(act: Act): Promise<void> | undefined {
    const { session } = this.#host
    switch (act.do) {
      case 'open-menu':
        return this.#openMenu(act.script)
      case 'quit':
        this.#end(EXIT.ok)
        break
      case 'interrupt':
        this.#end(EXIT.interrupted)
        break
      case 'suspend':
        this.#suspend()
        break
      case 'redraw':
        this.#screen.forget()
        break
      case 'clear':
        session.clear()
        break
      case 'send':
        this.#send(act.shot)
        break
      case 'send-last':
        if (session.last === undefined) this.#say('Nothing was sent yet: f fires an event.')
        else this.#send(session.last)
        break
      case 'send-failed':
        this.#sendFailed()
        break
      case 'toggle-on-save':
        session.sendsOnSave = !session.sendsOnSave
        this.#say(session.sendsOnSave ? 'From now on each save sends again what was sent last.' : 'Nothing is sent by itself any more.')
    }
    return undefined
  }

  #send(shot: Shot): void {
    this.#say(`Sent ${describeShot(shot)}.`)
    void this.#host.session.send(shot).then((ran) => {
      if (ran === 0) this.#say(`No script ran for ${describeShot(shot)}; the log says why, where there is more to say.`)
    })
  }

  #sendFailed(): void {
    const failed = this.#host.session.sendFailed()
    if (failed === undefined) this.#say('No run that was sent from here has failed yet.')
    else this.#say('Sent again what failed last.')
  }

  async #openMenu(script: string): Promise<void> {
    const info = this.#host.session.scripts.find(({ id }) => id === script)
    if (info === undefined) return this.#say('The script is gone.')
    try {
      const choices = await findChoices(this.#host.directory, info)
      if (choices.length === 0)
        this.#say(`${script} handles no event${info.error === undefined ? '' : ': it does not load (o opens why)'}.`)
      else this.#state = { ...this.#state, overlay: { kind: 'menu', script, choices, index: 0 } }
    } catch (error) {
      this.#say(errorParts(error).message)
    }
    this.#paintSoon()
  }

  #say(message: string): void {
    this.#state = { ...this.#state, message }
    this.#paintSoon()
  }

  /** As every program does with Ctrl+Z; whoever started this one is stopped too, as they expect. */
  #suspend(): void {
    this.#screen.leave()
    process.kill(0, 'SIGTSTP')
    // Comes when somebody continues it, and soon where there is no shell that could: nothing was stopped then.
    clearTimeout(this.#suspension)
    this.#suspension = setTimeout(this.#comeBack, SUSPENSION_MS)
  }

  readonly #comeBack = (): void => {
    clearTimeout(this.#suspension)
    this.#screen.enter()
    this.#screen.forget()
    this.#paint()
  }

  #paintSoon(): void {
    if (this.#timer !== undefined) return
    const wait = Math.max(0, EVERY_MS - (performance.now() - this.#paintedAt))
    this.#timer = setTimeout(() => this.#paint(), wait)
  }

  #paint(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#paintedAt = performance.now()
    this.#tidy()
    const { session, directory } = this.#host
    const view: View = { session, state: this.#state, size: this.#screen.size, directory }
    const over = drawOverlay(view)
    const { overlay } = this.#state
    if (over !== undefined && 'scroll' in overlay) this.#state = { ...this.#state, overlay: { ...overlay, scroll: over.first } }
    this.#screen.paint(over?.lines ?? drawMain(view))
  }

  /** What is gone cannot be selected, and what ends cannot be scrolled past. */
  #tidy(): void {
    const { session } = this.#host
    const { scripts } = session
    const { selected, logSkip, filter } = this.#state
    if (selected === undefined || !scripts.some(({ id }) => id === selected)) this.#state = { ...this.#state, selected: scripts[0]?.id }
    if (logSkip > 0) {
      const most = Math.max(0, session.log.count(filter) - rowsOfLog(this.#screen.size, scripts.length))
      this.#state = { ...this.#state, logSkip: Math.min(logSkip, most) }
    }
  }
}

function describeShot({ event, script }: Shot): string {
  return script === undefined ? event : `${event} to ${script}`
}
