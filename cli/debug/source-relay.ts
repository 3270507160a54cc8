// Between debugger and inspector: the sandbox knows its script as "script" and nothing of the host; the debugger gets a URL and the source map, so that it shows
// TypeScript. Here one is turned into the other, so no path of the host ever enters a sandbox.
import type { Bundle } from '../../engine/model/bundle.ts'

/** As the sandbox knows the bundle. */
const INSIDE = 'script'

type Message = { [key: string]: unknown }

/** See the head of the file. */
export class SourceRelay {
  readonly #url: string
  readonly #sourceMapUrl: string

  /** `root` is the URL that the paths of sources are relative to, with a slash at its end. */
  constructor({ script, sourceMap }: Pick<Bundle, 'script' | 'sourceMap'>, root: string) {
    this.#url = `vivarium://bundle/${script}.js`
    const map = JSON.parse(sourceMap) as Message
    this.#sourceMapUrl = `data:application/json;base64,${Buffer.from(JSON.stringify({ ...map, sourceRoot: root })).toString('base64')}`
  }

  /** What the inspector said, for the debugger. */
  toDebugger(text: string): string {
    const message = JSON.parse(text) as Message
    const { method, params } = message
    if (method === 'Debugger.scriptParsed' && (params as Message)['url'] === INSIDE)
      message['params'] = { ...(params as Message), url: this.#url, sourceMapURL: this.#sourceMapUrl }
    else this.#rename(message)
    return JSON.stringify(message)
  }

  /** What the debugger said, for the inspector; undefined where it is no message. */
  toInspector(text: string): string | undefined {
    const message = parse(text)
    if (message === undefined) return undefined
    const { method, params } = message
    if (typeof method === 'string' && method.startsWith('Debugger.') && typeof params === 'object' && params !== null)
      this.#aim(params as Message)
    return JSON.stringify(message)
  }

  /** Breakpoints are set by URL, or by a pattern that URLs match. */
  #aim(params: Message): void {
    const { url, urlRegex } = params
    if (url === this.#url) params['url'] = INSIDE
    if (typeof urlRegex === 'string' && matches(urlRegex, this.#url)) params['urlRegex'] = `^${INSIDE}$`
  }

  /** URLs stand in frames, wherever frames stand. */
  #rename(value: unknown): void {
    if (typeof value !== 'object' || value === null) return
    const table = value as Message
    if (table['url'] === INSIDE) table['url'] = this.#url
    for (const each of Object.values(table)) this.#rename(each)
  }
}

function parse(text: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(text)
    return typeof message === 'object' && message !== null ? (message as Message) : undefined
  } catch {
    return undefined
  }
}

/** Patterns come from the person's own debugger. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text)
  } catch {
    return false
  }
}
