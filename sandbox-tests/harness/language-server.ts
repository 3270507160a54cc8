// TypeScript 7's language server, spoken to as an editor does: LSP over stdio, one request at a time. It ends with the block that started it.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT } from './source-files.ts'

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
/** A server that hangs fails the test, and does not outlive it. */
const TIME_LIMIT_MS = 300_000
const HEAD_END = '\r\n\r\n'

/** What an editor underlines. */
export interface Diagnostic {
  readonly range: { readonly start: Position; readonly end: Position }
  /** 1 is an error. */
  readonly severity: number
  readonly code: number
  readonly message: string
}

/** Both from 0. */
export interface Position {
  readonly line: number
  readonly character: number
}

/** An editor with a directory open. */
export interface LanguageServer extends AsyncDisposable {
  /** Opens a file with this text, or changes it. */
  open(path: string, text: string): void
  /** What is wrong with an open file. */
  diagnose(path: string): Promise<readonly Diagnostic[]>
  /** The labels that are offered at a place of an open file. */
  complete(path: string, position: Position): Promise<readonly string[]>
  /** What is shown when the mouse rests there. */
  hover(path: string, position: Position): Promise<string>
}

/** Starts a server for a directory. */
export async function startLanguageServer(directory: string): Promise<LanguageServer> {
  const connection = connect(directory)
  const { request, notify } = connection
  const rootUri = uriOf(directory, '')
  const workspaceFolders = [{ uri: rootUri, name: 'scripts' }]
  const capabilities = { textDocument: { diagnostic: {}, completion: {}, hover: { contentFormat: ['plaintext'] } } }
  await request('initialize', { processId: process.pid, rootUri, workspaceFolders, capabilities })
  notify('initialized', {})
  const versions = new Map<string, number>()
  const documentOf = (path: string): { readonly uri: string } => ({ uri: uriOf(directory, path) })
  return {
    open(path, text) {
      const version = (versions.get(path) ?? 0) + 1
      versions.set(path, version)
      const textDocument = { ...documentOf(path), version }
      if (version > 1) notify('textDocument/didChange', { textDocument, contentChanges: [{ text }] })
      else notify('textDocument/didOpen', { textDocument: { ...textDocument, languageId: 'typescript', text } })
    },
    async diagnose(path) {
      const report = (await request('textDocument/diagnostic', { textDocument: documentOf(path) })) as { readonly items: Diagnostic[] }
      return report.items
    },
    async complete(path, position) {
      const found = (await request('textDocument/completion', { textDocument: documentOf(path), position })) as Completions | null
      return (found?.items ?? []).map(({ label }) => label)
    },
    async hover(path, position) {
      const found = (await request('textDocument/hover', { textDocument: documentOf(path), position })) as Hover | null
      return found?.contents.value ?? ''
    },
    async [Symbol.asyncDispose]() {
      await connection.end()
    },
  }
}

interface Completions {
  readonly items: readonly { readonly label: string }[]
}

interface Hover {
  readonly contents: { readonly value: string }
}

interface Message {
  readonly id?: number | string
  readonly method?: string
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** The server's process, and what was asked of it. */
function connect(directory: string) {
  const child = spawn(process.execPath, [TSC, '--lsp', '--stdio'], {
    cwd: directory,
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: TIME_LIMIT_MS,
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const asked = new Map<number | string, PromiseWithResolvers<unknown>>()
  const send = (message: object): void => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }))
    child.stdin.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}${HEAD_END}`), body]))
  }
  const take = ({ id, method, result, error }: Message): void => {
    if (id === undefined) return // it tells how far it is
    if (method !== undefined) return send({ id, result: null }) // it asks for settings: there are none
    const { resolve, reject } = asked.get(id) ?? Promise.withResolvers()
    if (error === undefined) resolve(result)
    else reject(new Error(error.message))
  }
  child.stdin.on('error', () => undefined) // told by `ended`
  child.stdout.on('data', readMessages(take))
  void ended.then(() => asked.forEach(({ reject }) => void reject(new Error('The language server ended.'))))
  return {
    notify: (method: string, params: object): void => send({ method, params }),
    request: (method: string, params?: object): Promise<unknown> => {
      const id = asked.size + 1
      const answer = Promise.withResolvers<unknown>()
      answer.promise.catch(() => undefined) // the server's end is not told twice
      asked.set(id, answer)
      send({ id, method, ...(params && { params }) })
      return answer.promise
    },
    end: async (): Promise<void> => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Puts messages together from what arrives. */
function readMessages(take: (message: Message) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const start = rest.indexOf(HEAD_END)
      const length = Number(/content-length: (\d+)/i.exec(rest.toString('latin1', 0, Math.max(0, start)))?.[1])
      const end = start + HEAD_END.length + length
      if (start === -1 || Number.isNaN(end) || rest.length < end) return
      take(JSON.parse(rest.toString('utf8', end - length, end)) as Message)
      rest = rest.subarray(end)
    }
  }
}

function uriOf(directory: string, path: string): string {
  return pathToFileURL(join(directory, path)).href
}
