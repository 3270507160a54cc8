// The world that examples of documentation run in: a server under every name below example.com, a directory `data` with hello.txt, a secret HOOK_TOKEN. All of
// it is real, and on this machine.
import { connect } from 'node:net'
import { type StandardBindingsOptions, standardBindings } from '../../bindings/index.ts'
import type { Binding } from '../../engine/index.ts'
import type { Files } from '../harness/engines.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { type SentRequest, startDocsServer } from './docs-server.ts'

/** The world of one example. */
export interface DocsWorld extends AsyncDisposable {
  /** New ones for each engine: an engine closes its bindings. */
  readonly bindings: readonly Binding[]
  /** Requests that arrived since the last call, in order. */
  takeSent(): readonly SentRequest[]
}

/** Where the parts of a world are. */
interface Places {
  /** The directory `data`. */
  readonly data: string
  /** The port of the server on 127.0.0.1. */
  readonly port: number
}

/** Makes a world, with these files below `data` besides. The caller disposes of it. */
export async function openDocsWorld(files: Files = {}): Promise<DocsWorld> {
  const server = await startDocsServer()
  const data = tempDirectory({ 'hello.txt': 'hello', ...files })
  return {
    bindings: standardBindings(optionsIn({ data: data.path, port: server.port })),
    takeSent: server.takeSent,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
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
