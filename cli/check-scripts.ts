// `vivarium check`: the policy first, because everything else depends on it, then every script as an application would load it, then types.
import { once } from 'node:events'
import { watch as watchFile } from 'chokidar'
import { diskStore } from '../engine/index.ts'
import { CheckSession } from './check/check-session.ts'
import type { Findings } from './check/findings.ts'
import { formatFindings } from './check/print-findings.ts'
import { toSarif } from './check/sarif.ts'
import { findScriptPlaces } from './check/script-places.ts'
import type { CommonOptions } from './common-options.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { watchInterruption } from './interruption.ts'
import { findPlaces, type Places } from './open-engine.ts'
import { jsonText } from './plain-value.ts'
import { readVersion } from './read-version.ts'
import { reportError } from './report-error.ts'
import { printLine, printNote } from './terminal.ts'
import { UsageError } from './usage-error.ts'

/** How findings are printed. */
export const CHECK_FORMATS = ['text', 'json', 'sarif'] as const

/** What the command takes. */
export interface CheckOptions extends CommonOptions {
  readonly format?: (typeof CHECK_FORMATS)[number]
  readonly watch?: true
  /** False with `--no-types`. */
  readonly types?: boolean
}

/** Runs the command. */
export async function checkScripts(options: CheckOptions): Promise<ExitCode> {
  const format = options.format ?? (options.json ? 'json' : 'text')
  if (options.watch && format === 'sarif')
    throw new UsageError('--watch prints findings again and again, which SARIF cannot say.', { hint: 'Leave one of the two out.' })
  const places = findPlaces(options)
  using interruption = watchInterruption()
  await using session = await CheckSession.open({ places, types: options.types !== false })
  const print = async (findings: Findings): Promise<void> => await printLine(await write(findings, format))
  if (options.watch) {
    await checkAgainAndAgain({ session, places, print, signal: interruption.signal, options })
    return interruption.code ?? EXIT.ok
  }
  const findings = await session.find()
  await print(findings)
  return interruption.code ?? (findings.ok ? EXIT.ok : EXIT.problems)
}

async function write(findings: Findings, format: NonNullable<CheckOptions['format']>): Promise<string> {
  if (format === 'sarif') {
    const places = await findScriptPlaces(findings.directory, findings.scripts)
    return JSON.stringify(toSarif(findings, places, readVersion()), undefined, 2)
  }
  return format === 'json' ? jsonText(findings) : formatFindings(findings)
}

interface Watching {
  readonly session: CheckSession
  readonly places: Places
  readonly print: (findings: Findings) => Promise<void>
  readonly signal: AbortSignal
  readonly options: CheckOptions
}

/** Looks whenever something has changed, one look at a time, until it is interrupted. */
async function checkAgainAndAgain({ session, places, print, signal, options }: Watching): Promise<void> {
  let wake: () => void = () => undefined
  let isDue = true
  const onChange = (): void => {
    isDue = true
    wake()
  }
  signal.addEventListener('abort', onChange)
  const watches = [await diskStore(places.directory).watch(onChange)]
  try {
    if (places.policy !== undefined) watches.push(await watchPolicy(places.policy, onChange))
    while (!signal.aborted) {
      if (!isDue)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      if (signal.aborted) break
      isDue = false
      try {
        await print(await session.find())
      } catch (error) {
        reportError(error, { json: options.json === true, verbose: options.verbose === true })
      }
      if (!options.json && options.format !== 'json') printNote('Watching for changes; Ctrl+C ends.\n')
    }
  } finally {
    await Promise.all(watches.map((watch) => watch.close()))
  }
}

/** Resolves when every later change will be told. */
async function watchPolicy(policy: string, onChange: () => void): Promise<{ close(): Promise<void> }> {
  const watcher = watchFile(policy, { ignoreInitial: true }).on('all', onChange)
  await once(watcher, 'ready')
  return watcher
}
