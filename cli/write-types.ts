// `vivarium types`: env.d.ts and tsconfig.json, from the application's events and bindings and from the policy. No script is loaded: they have no say in it.
import { createGate } from '../bindings/gate.ts'
import { emitTypes } from '../bindings/types/emit-types.ts'
import { environmentFile, isStale, writeEnvironment, writeProject } from '../engine/environment.ts'
import { readEvents } from '../engine/options.ts'
import { readPolicyText } from '../engine/policy/bounded-read.ts'
import { grantedBindings } from '../engine/policy/granted-bindings.ts'
import { loadPolicy, policyFromObject } from '../engine/policy/load.ts'
import type { PolicyRevision } from '../engine/policy/policy-revision.ts'
import { closeBindings } from './close-bindings.ts'
import type { CommonOptions } from './common-options.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { type Host, loadHost } from './host-module.ts'
import { isThere } from './is-there.ts'
import { findPlaces, type Places } from './open-engine.ts'
import { jsonText } from './plain-value.ts'
import { safeLine } from './safe-text.ts'
import { printLine } from './terminal.ts'
import { UsageError } from './usage-error.ts'

/** What the command takes. */
export interface TypesOptions extends CommonOptions {
  /** Write nothing; say whether what is there is out of date. */
  readonly check?: true
  /** Write nothing; print the text. */
  readonly print?: true
}

/** Runs the command. Throws what is wrong with the policy, the events and the bindings, and a `UsageError` for what cannot be written. */
export async function writeTypes(options: TypesOptions): Promise<ExitCode> {
  const places = findPlaces(options)
  if (!isThere(places.directory, 'directory'))
    throw new UsageError(`There is no scripts directory ${JSON.stringify(places.directory)}.`, { hint: 'Check the path after --dir.' })
  const host = await loadHost(places)
  try {
    const text = await typesOf(places, host)
    if (options.print) await printLine(text.trimEnd())
    else if (options.check) return await tellWhetherStale(places, text, options.json === true)
    else await write(places, host, { text, json: options.json === true })
    return EXIT.ok
  } finally {
    await closeBindings(host.bindings)
  }
}

/** The text of env.d.ts for an application. Throws what is wrong with the policy, and what an engine would refuse of the events and bindings. */
export async function typesOf({ policy }: Places, { events, bindings }: Host): Promise<string> {
  const { surfaces } = createGate({ bindings })
  const checked = readEvents(events)
  const revision: PolicyRevision =
    policy === undefined
      ? policyFromObject({ version: 1 }, surfaces)
      : loadPolicy({ text: await readPolicyText(policy), file: policy }, surfaces)
  return emitTypes(bindings, { events: checked, granted: grantedBindings(revision) })
}

async function write({ directory }: Places, host: Host, { text, json }: { readonly text: string; readonly json: boolean }): Promise<void> {
  const file = environmentFile(directory)
  const written: string[] = []
  try {
    if (await writeEnvironment(file, text)) written.push('.vivarium/env.d.ts')
    if (await writeProject(directory)) written.push('tsconfig.json')
  } catch (error) {
    throw new UsageError(`The types cannot be written below ${JSON.stringify(directory)}: ${(error as NodeJS.ErrnoException).code}.`)
  }
  if (json) return await printLine(jsonText({ directory, file, host: host.file ?? null, written }))
  const from =
    host.file === undefined ? 'the bindings that come with vivarium; any event' : `the events and bindings of ${safeLine(host.file)}`
  await printLine(written.length === 0 ? `${safeLine(file)} is up to date (${from}).` : `Wrote ${written.join(' and ')} (${from}).`)
}

async function tellWhetherStale({ directory }: Places, text: string, json: boolean): Promise<ExitCode> {
  const file = environmentFile(directory)
  const isThereAtAll = isThere(file, 'anything')
  const isOutOfDate = !isThereAtAll || (await isStale(file, text))
  const state = isThereAtAll ? 'out of date' : 'missing'
  await printLine(
    json
      ? jsonText({ directory, file, isStale: isOutOfDate })
      : `${safeLine(file)} is ${isOutOfDate ? `${state}; "vivarium types" writes it` : 'up to date'}.`,
  )
  return isOutOfDate ? EXIT.problems : EXIT.ok
}
