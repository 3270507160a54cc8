// The world around the sample scripts, for `npm start` and for tests: a server on this machine that plays the hosts which they reach, a folder for what they write, secrets
// that nobody else knows. Nothing of it is left when it is closed.
import { createHmac, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Binding, standardBindings } from '../bindings/index.ts'

/** See the head of the file. */
export interface ShowcaseHost extends AsyncDisposable {
  /** For one engine, which closes them. */
  readonly bindings: readonly Binding[]
  /** What arrived at the chat, each message with the right token and signature. */
  readonly messages: readonly string[]
  /** How often the register of contributors was asked. */
  readonly questions: number
  /** What scripts wrote, by name. */
  readPages(): Promise<ReadonlyMap<string, string>>
}

/** Where the names lead. A public address that nobody dials, as `connect` goes to the server on this machine; and the one where clouds keep the credentials of a machine. */
const PUBLIC_ADDRESS = '93.184.215.14'
const METADATA_ADDRESS = '169.254.169.254'

const SIGNERS: ReadonlySet<string> = new Set(['Codertocat', 'octocat'])

interface Secrets {
  readonly HOOK_TOKEN: string
  readonly HOOK_KEY: string
}

/** Opens it on a free port. The caller closes it after the engine. */
export async function openShowcaseHost(): Promise<ShowcaseHost> {
  const secrets: Secrets = { HOOK_TOKEN: randomBytes(24).toString('hex'), HOOK_KEY: randomBytes(24).toString('hex') }
  const desk = new Desk(secrets)
  const server = createServer((request, response) => void desk.serve(request, response))
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const reports = await mkdtemp(join(tmpdir(), 'vivarium-showcase-'))
  const http = { resolver: resolveExample, connect: () => connect(port, '127.0.0.1') }
  return {
    bindings: standardBindings({ kv: ':memory:', files: { reports }, secrets: { ...secrets }, http }),
    messages: desk.messages,
    get questions() {
      return desk.questions
    },
    readPages: () => readPages(reports),
    async [Symbol.asyncDispose]() {
      await closeServer(server)
      await rm(reports, { recursive: true, force: true })
    },
  }
}

/** The chat and the register. */
class Desk {
  readonly #secrets: Secrets
  readonly messages: string[] = []
  questions = 0

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk as string
    const route = `${request.method} ${request.headers.host}${request.url}`
    if (route === 'POST hooks.example.com/chat') return this.#hear(request, body, response)
    const login = /^GET cla\.example\.com\/signatures\/([^/]+)$/.exec(route)?.[1]
    if (login !== undefined) return this.#lookUp(decodeURIComponent(login), response)
    answer(response, 404, { error: 'There is nothing here.' })
  }

  #hear({ headers }: IncomingMessage, body: string, response: ServerResponse): void {
    const { HOOK_TOKEN, HOOK_KEY } = this.#secrets
    const signature = `sha256=${createHmac('sha256', HOOK_KEY).update(body).digest('hex')}`
    if (headers.authorization !== `Bearer ${HOOK_TOKEN}`) return answer(response, 401, { error: 'Who are you?' })
    if (headers['x-signature-256'] !== signature) return answer(response, 403, { error: 'Who wrote this?' })
    this.messages.push((JSON.parse(body) as { readonly text: string }).text)
    answer(response, 200, { ok: true })
  }

  #lookUp(login: string, response: ServerResponse): void {
    this.questions++
    if (SIGNERS.has(login)) answer(response, 200, { login, signed: '2019-05-15' })
    else answer(response, 404, { error: 'No such signature.' })
  }
}

function answer(response: ServerResponse, status: number, content: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content))
}

async function resolveExample(host: string): Promise<readonly string[]> {
  if (host === 'metadata.example.com') return [METADATA_ADDRESS]
  return host.endsWith('.example.com') ? [PUBLIC_ADDRESS] : []
}

async function readPages(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder)).sort()
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)))
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections() // the engine may have kept some for a next request
  await closed
}
