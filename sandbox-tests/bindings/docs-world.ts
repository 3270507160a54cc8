// The world that examples of docs/bindings run in: a server that echoes what it is sent under every name below example.com, a directory `data` with
// hello.txt, a secret HOOK_TOKEN. All of it is real, and on this machine.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { type StandardBindingsOptions, standardBindings } from '../../bindings/index.ts'
import type { Binding } from '../../engine/index.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

/** The world of one example. */
export interface DocsWorld extends AsyncDisposable {
  /** New ones for each engine: an engine closes its bindings. */
  readonly bindings: readonly Binding[]
}

/** Where the parts of a world are. */
interface Places {
  /** The directory `data`. */
  readonly data: string
  /** The port of the echo server on 127.0.0.1. */
  readonly port: number
}

/** Makes a world. The caller disposes of it. */
export async function openDocsWorld(): Promise<DocsWorld> {
  const echo = await startEcho()
  const data = tempDirectory({ 'hello.txt': 'hello' })
  const { port } = echo.address() as AddressInfo
  return {
    bindings: standardBindings(optionsIn({ data: data.path, port })),
    async [Symbol.asyncDispose]() {
      echo.closeAllConnections()
      await new Promise((resolve) => echo.close(resolve))
      data[Symbol.dispose]()
    },
  }
}

/** What the standard bindings are given; a binding that needs the host's configuration has a line here. */
function optionsIn({ data, port }: Places): StandardBindingsOptions {
  const http = { resolver: resolveExample, connect: () => connect(port, '127.0.0.1') }
  return { kv: ':memory:', files: { data }, secrets: { HOOK_TOKEN: 'xyz' }, http }
}

/** Every name below example.com has the same public address, which is never dialled. */
async function resolveExample(host: string): Promise<readonly string[]> {
  return host.endsWith('.example.com') ? ['93.184.216.34'] : []
}

/** Answers every request with what it was: `{ method, path, headers, body }`. */
async function startEcho(): Promise<Server> {
  const server = createServer((request, response) => void echo(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk as string
  const { method, url: path, headers } = request
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ method, path, headers, body }))
}
