// What the tests use of a client of the DevTools protocol that comes without types.
declare module 'chrome-remote-interface' {
  export interface ProtocolClient {
    send(method: string, params?: object): Promise<Record<string, unknown>>
    on(event: string, listener: (params: Record<string, unknown>) => void): void
    close(): Promise<void>
  }
  export default function connect(options: { readonly target: string; readonly local: true }): Promise<ProtocolClient>
}
