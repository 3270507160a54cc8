// `vivarium debug`: one event for one script, on V8 under a debugger. Bindings, grants and the policy's limits are real; time is not limited.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createGate } from '../bindings/gate.ts'
import type { EngineGate, Variations } from '../engine/compose.ts'
import { encodePayload, orTick } from '../engine/dispatch/hooks.ts'
import type { Outcome } from '../engine/index.ts'
import type { BindingHost } from '../engine/model/binding-host.ts'
import { firstCause } from '../engine/model/event.ts'
import { type DebuggedChild, processPlacement } from '../engine/placement/child-process.ts'
import type { EffectivePolicy } from '../engine/policy/resolve.ts'
import { findV8Fault } from '../engine/pools/v8-available.ts'
import type { ReadyScript } from '../engine/registry/script-record.ts'
import type { RunningOptions } from './common-options.ts'
import { type InspectorServer, openInspectorServer } from './debug/inspector-server.ts'
import { SourceRelay } from './debug/source-relay.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { findScript } from './find-script.ts'
import { handledEvents, meantEvent, unsaidPayload } from './handled-events.ts'
import { type Host, loadHost } from './host-module.ts'
import { describeStandIns } from './host-terms.ts'
import { watchInterruption } from './interruption.ts'
import { findPlaces } from './open-engine.ts'
import { type OpenParts, openParts } from './open-parts.ts'
import { findPayloads, readPayloads } from './payloads.ts'
import { jsonText } from './plain-value.ts'
import { formatOutcome } from './print-outcome.ts'
import { safeLine } from './safe-text.ts'
import { printLine, printNote } from './terminal.ts'
import { UsageError } from './usage-error.ts'

/** What the command takes. */
export interface DebugOptions extends RunningOptions {
  readonly data?: string
  readonly port: number
}

/** Whoever stands at a breakpoint has all the time there is; a day stands for that. */
const A_DAY_MS = 86_400_000

/** Runs the command. */
export async function debugScript(script: string, event: string, options: DebugOptions): Promise<ExitCode> {
  const places = findPlaces(options)
  const v8Fault = findV8Fault()
  if (v8Fault !== undefined) throw new UsageError(`A debugger looks into V8, which is not here: ${v8Fault}`)
  const payload = await readOne(options.data, unsaidPayload(event))
  using interruption = watchInterruption()
  const child = Promise.withResolvers<DebuggedChild>()
  const host = await loadHost(places, options, 'runs')
  if (options.json === undefined) for (const note of describeStandIns(host.standIns)) printNote(note)
  const variations: Variations = {
    effective: patient,
    runsIn: ({ memory }) => processPlacement({ runtime: 'v8', arena: memory, onDebugged: child.resolve }),
  }
  const gate = gateOf(host)
  await using parts = await openParts(
    { scripts: places.directory, policy: places.policy, events: host.events, workers: 1 },
    host.bindings,
    variations,
    gate,
  )
  await gate.attach(surroundingsOf(parts, options))
  const record = findReady(parts, script, event, places.directory)
  const relay = new SourceRelay(record.bundle, `${pathToFileURL(resolve(places.directory)).href}/`)
  await using server = await openDoor(options, await child.promise, relay)
  tellWhere(server.address, options)
  const outcome = await parts.dispatcher.run({
    record,
    event,
    cause: firstCause(event),
    ...encodePayload(event, orTick(event, payload, Date.now)),
    tenant: undefined,
    limits: record.policy.limits,
    signal: interruption.signal,
  })
  await tellOutcome(outcome, options)
  return interruption.code ?? (outcome.status === 'ok' ? EXIT.ok : EXIT.problems)
}

/** The same rights and sizes as ever; another runtime, and time. */
function patient(policy: EffectivePolicy): EffectivePolicy {
  const limits = { ...policy.limits, cpuMs: A_DAY_MS, wallMs: A_DAY_MS }
  return { ...policy, runtime: 'v8', placement: 'process', fallback: 'none', isolation: 'event', limits }
}

function gateOf({ bindings }: Host): EngineGate {
  const { handle, redact, surfaces, attach, close } = createGate({ bindings })
  return { handle, redact, surfaces, observers: [], attach, close }
}

/** What bindings see of an engine in which one script runs once. */
function surroundingsOf({ registry }: OpenParts, { json }: DebugOptions): BindingHost {
  return {
    clock: () => Date.now(),
    scripts: () => registry.list(),
    emit: async (event) => {
      if (json === undefined)
        printNote(`The event ${safeLine(JSON.stringify(event))} was emitted: under a debugger, no other script is told.`)
      return 0
    },
  }
}

/** Throws a `UsageError` where there is no such script, it is not ready, or it does not handle the event. */
function findReady({ registry }: OpenParts, wanted: string, event: string, directory: string): ReadyScript {
  const info = findScript(registry.list(), wanted, directory)
  const script = info.id
  if (info.status !== 'ready')
    throw new UsageError(`The script ${JSON.stringify(script)} is not ready: ${info.error?.message ?? info.status}`, {
      hint: '"vivarium check" shows the code, and what to do.',
    })
  const record = registry.subscribers(event).find(({ entry }) => entry.id === script)
  if (record?.status === 'ready') return record
  const events = handledEvents([info])
  const names = events.length === 0 ? 'no event' : events.map((name) => JSON.stringify(name)).join(', ')
  throw new UsageError(`The script ${JSON.stringify(script)} does not handle ${JSON.stringify(event)}.`, {
    hint: `${meantEvent(event, events)} It handles ${names}.`.trim(),
  })
}

/** Reads to the end, so that no further payload is left out unseen. Throws a `UsageError` where there is one. */
async function readOne(data: string | undefined, unsaid: unknown): Promise<unknown> {
  let payload: { readonly value: unknown } | undefined
  try {
    const source = findPayloads(data)
    for await (const next of readPayloads(source, new AbortController().signal, unsaid)) {
      if (payload !== undefined)
        throw new UsageError(`debug takes one payload, and ${source.name} has several.`, {
          hint: 'Put the one to look at into a file of its own.',
        })
      payload = next
    }
    return payload === undefined ? unsaid : payload.value
  } finally {
    process.stdin.destroy() // an open pipe would keep the program
  }
}

function openDoor({ port, json }: DebugOptions, child: DebuggedChild, relay: SourceRelay): Promise<InspectorServer> {
  const opened = openInspectorServer(port, {
    onMessage: (text) => {
      const message = relay.toInspector(text)
      if (message !== undefined) child.inspect(message)
      return message !== undefined
    },
    onAttached: () => json === undefined && printNote('A debugger is attached.'),
    // Nobody would ever let the run go on.
    onDetached: () => {
      child.inspect('{"id":1999999998,"method":"Debugger.disable"}')
      child.inspect('{"id":1999999999,"method":"Runtime.runIfWaitingForDebugger"}')
    },
  })
  return opened.then((server) => {
    child.onInspector = (text) => server.send(relay.toDebugger(text))
    return server
  })
}

function tellWhere(address: string, { json }: DebugOptions): void {
  const url = `ws://${address}`
  const devtools = `devtools://devtools/bundled/js_app.html?experiments=true&v8only=true&ws=${address}`
  if (json !== undefined) return void printLine(JSON.stringify({ debugger: { url, devtools } }))
  printNote(`Waiting for a debugger on ${url}`)
  printNote(`  Chrome:  open ${devtools}`)
  printNote(`  VS Code: a launch configuration { "type": "node", "request": "attach", "name": "vivarium", "websocketAddress": "${url}" }`)
  printNote('The run begins when the debugger is attached, and stops at its breakpoints and at "debugger;". Ctrl+C ends it.')
}

async function tellOutcome(outcome: Outcome, { json }: DebugOptions): Promise<void> {
  if (json !== undefined) printLine(jsonText({ outcome }))
  else printLine(formatOutcome(outcome, { line: undefined, home: 'v8, under a debugger', isKnownError: false }))
}
