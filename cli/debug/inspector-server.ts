// Where a debugger attaches: a WebSocket on the loopback address, under a path that only whoever reads the terminal knows. One debugger at a time.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { UsageError } from '../usage-error.ts'

const LOOPBACK = '127.0.0.1'
const MOST_BYTES = 64 * 1024 * 1024
const TOKEN_BYTES = 24
const LONGEST_GOODBYE_MS = 1_000
/** A close code of WebSocket: what arrived is not what was agreed on. */
const NOT_A_MESSAGE = 1007

/** Who is told what a debugger does. */
export interface InspectorListener {
  /** False where it is no message: who sends that is sent away. */
  onMessage(text: string): boolean
  onAttached(): void
  onDetached(): void
}

/** An open door for a debugger. Whoever opened it closes it. */
export interface InspectorServer extends AsyncDisposable {
  /** `127.0.0.1:PORT/TOKEN`. */
  readonly address: string
  /** Sends text to the debugger; dropped where none is attached. */
  send(text: string): void
}

/** Opens the door on a port; 0 takes a free one. Throws a `UsageError` when the port is taken. */
export async function openInspectorServer(port: number, listener: InspectorListener): Promise<InspectorServer> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const server = createServer((_request, response) => {
    response.writeHead(404).end() // nothing is listed: the token is what keeps others out
  })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES, perMessageDeflate: false })
  let attached: WebSocket | undefined
  server.on('upgrade', (request, socket, head) => {
    const refusal = refuse(request, token, attached !== undefined)
    if (refusal !== undefined) return end(socket, refusal)
    sockets.handleUpgrade(request, socket, head, (client) => {
      attached = client
      client.on('message', (data: RawData, isBinary) => {
        if (isBinary || !listener.onMessage(data.toString())) client.close(NOT_A_MESSAGE, 'Messages are JSON objects, as text.')
      })
      client.once('error', () => client.terminate())
      client.once('close', () => {
        attached = undefined
        listener.onDetached()
      })
      listener.onAttached()
    })
  })
  await listen(server, port)
  return {
    address: `${LOOPBACK}:${(server.address() as AddressInfo).port}/${token}`,
    send: (text) => attached?.send(text),
    async [Symbol.asyncDispose]() {
      if (attached !== undefined) await detach(attached)
      sockets.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The status line that a request is refused with. A page in a browser can reach the loopback address, too: it says so in `Origin`, or has another host's name. */
function refuse({ url = '', headers }: IncomingMessage, token: string, isTaken: boolean): string | undefined {
  const host = (headers.host ?? '').replace(/:\d+$/, '')
  const { origin } = headers
  if (host !== LOOPBACK && host !== 'localhost') return '403 Forbidden'
  if (origin !== undefined && !origin.startsWith('devtools://')) return '403 Forbidden'
  const given = Buffer.from(url.slice(1))
  const wanted = Buffer.from(token)
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return '404 Not Found'
  return isTaken ? '409 Conflict' : undefined
}

/** A debugger that does not say goodbye is cut off. */
async function detach(client: WebSocket): Promise<void> {
  const timer = setTimeout(() => client.terminate(), LONGEST_GOODBYE_MS)
  client.close(1000)
  await new Promise((resolve) => client.once('close', resolve))
  clearTimeout(timer)
}

function end(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new UsageError(`The debugger cannot listen on port ${port}: ${error.code}.`, {
          hint: 'Choose another with --port; 0 takes a free one.',
        }),
      ),
    )
    server.listen(port, LOOPBACK, () => resolve())
  })
}
