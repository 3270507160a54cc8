// Connects to an address that was checked. No name is resolved here.
import { isIPv6, connect as openTcp, type Socket } from 'node:net'
import { connect as openTls } from 'node:tls'
import { normalAddress } from './addresses.ts'
import { NetworkFlaw } from './flaws.ts'

/** One connection that is wanted. */
export interface Dial {
  /** Checked, and the only thing that may be connected to. */
  readonly address: string
  readonly port: number
  /** The host of the URL, for TLS: IPv6 in brackets. */
  readonly host: string
  readonly isSecure: boolean
  /** Aborted when nobody waits for the connection any more: it must be destroyed then. */
  readonly signal: AbortSignal
}

/** Opens a connection, with TLS where it is secure. */
export type Connector = (dial: Dial) => Socket | Promise<Socket>

/** Connects as it is; then makes sure that what was reached is what was checked. */
export const systemConnector: Connector = async ({ address, port, host, isSecure, signal }) => {
  const options = { host: address, port, family: isIPv6(address) ? 6 : 4, autoSelectFamily: false } as const
  // For an address there is no name to send: Node then holds the certificate against the address.
  const servername = normalAddress(host) === undefined ? host : ''
  const socket = isSecure ? openTls({ ...options, servername, ALPNProtocols: ['http/1.1'], rejectUnauthorized: true }) : openTcp(options)
  await connected(socket, isSecure ? 'secureConnect' : 'connect', signal)
  if (normalAddress(socket.remoteAddress ?? '') === normalAddress(address)) return socket.setNoDelay(true)
  socket.destroy()
  throw new NetworkFlaw(`${address} was dialled, ${socket.remoteAddress} answered`)
}

/** Resolves once a socket is connected; rejects, and destroys it, when it cannot be or the signal is aborted. */
export function connected(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      signal.removeEventListener('abort', onAbort)
      socket.off(event, onConnect).off('error', onError).off('close', onClose)
      act()
    }
    const fail = (reason: unknown): void =>
      settle(() => {
        socket.on('error', () => undefined) // what comes after is of no interest
        socket.destroy()
        reject(reason)
      })
    const onConnect = (): void => settle(resolve)
    const onError = (error: Error): void => fail(error)
    const onClose = (): void => fail(new NetworkFlaw('the connection was closed'))
    const onAbort = (): void => fail(signal.reason)
    socket.once(event, onConnect).once('error', onError).once('close', onClose)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
  })
}
