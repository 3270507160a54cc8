// `dev` without a screen: what happens is printed as it comes, for people or as JSON for programs; standard input, where it is a pipe, takes the same few commands as the keys.
import { createInterface } from 'node:readline'
import { didYouMean } from '../../engine/errors/did-you-mean.ts'
import type { LogEntry, ScriptInfo } from '../../engine/index.ts'
import { isScheduleEvent, scheduleEvent } from '../../engine/model/event.ts'
import { formatTypeProblem } from '../check/print-findings.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { readFixture } from '../fixtures.ts'
import { isPiped } from '../payloads.ts'
import { jsonText } from '../plain-value.ts'
import { formatOutcome } from '../print-outcome.ts'
import { describeHome, formatScript, warningLines } from '../print-script.ts'
import { errorParts, formatError } from '../report-error.ts'
import { safeLine } from '../safe-text.ts'
import { isReaderGone, paint, printLine } from '../terminal.ts'
import { UsageError } from '../usage-error.ts'
import type { DevSession, News, TypesLook } from './dev-session.ts'
import { ALL, type LogFilter, OF_DEV, passes } from './log-tail.ts'
import type { RunEntry, Shot } from './run-history.ts'

/** What is printed, and how. */
export interface LinesHost {
  readonly session: DevSession
  readonly directory: string
  readonly filter: LogFilter
  readonly json: boolean
  /** Aborted when a signal asks for an end. */
  readonly signal: AbortSignal
}

const MOST_WARNINGS = 50
const COMMANDS = 'fire NAME [SCRIPT], fire every SCHEDULE [SCRIPT], again, rerun, quit'

/** Prints until a command or the signal ends it, or nobody reads any more. Resolves with the exit code that a command calls for. */
export async function watchInLines(host: LinesHost): Promise<ExitCode> {
  const { session, signal, json } = host
  const { promise, resolve } = Promise.withResolvers<ExitCode>()
  const print = (text: string): void => {
    if (isReaderGone()) resolve(EXIT.ok)
    else void printLine(text)
  }
  print(json ? startLine(host) : startText(host))
  const stop = session.onNews((news) => {
    if (news !== undefined) print(json ? newsLine(news, host) : newsText(news, host))
  })
  const input = isPiped() ? readCommands(host, resolve) : undefined
  const onAbort = (): void => resolve(EXIT.ok) // the signal's own code counts
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  // Nothing else may be there that keeps the program running.
  const alive = setInterval(() => undefined, 60_000)
  try {
    return await promise
  } finally {
    clearInterval(alive)
    signal.removeEventListener('abort', onAbort)
    stop()
    input?.()
  }
}

/** Reads commands, one a line, in order; returns a function that stops it. The end of the input ends nothing. */
function readCommands(host: LinesHost, quit: (code: ExitCode) => void): () => void {
  const lines = createInterface({ input: process.stdin, terminal: false })
  let last: Promise<void> = Promise.resolve()
  lines.on('line', (line) => {
    last = last.then(() => obey(line.trim(), host, quit)).catch((error: unknown) => host.session.problem(error))
  })
  process.stdin.on('error', () => lines.close()) // nobody is there any more
  return () => {
    lines.close()
    process.stdin.destroy()
  }
}

async function obey(line: string, { session, directory }: LinesHost, quit: (code: ExitCode) => void): Promise<void> {
  const [command = '', name, script, ...rest] = line.split(/\s+/)
  if (command === '') return
  if (command === 'quit') return quit(EXIT.ok)
  if (command === 'again') return await sendAgain(session, session.last, 'Nothing was sent yet.')
  if (command === 'rerun') {
    if ((await session.sendFailed()) === undefined) throw new UsageError('No run that was sent from here has failed yet.')
    return
  }
  const told = line.slice(command.length).trim()
  if (command === 'fire' && isScheduleEvent(told)) return await sendAgain(session, readTick(told, session.scripts), '')
  if (command !== 'fire' || name === undefined || rest.length > 0)
    throw new UsageError(`There is no command ${JSON.stringify(line)}.`, { hint: `There are ${COMMANDS}.` })
  const { event, payload } = await readFixture(directory, name)
  await sendAgain(session, { event, payload, script, from: `fixtures/${name}.json` }, '')
}

/** A tick of this moment: what the engine makes where there is no payload. `told` is the event of a schedule, with spaces as in a cron expression, and perhaps a script. */
function readTick(told: string, scripts: readonly ScriptInfo[]): Shot {
  const events = [...new Set(scripts.flatMap(({ every }) => every.map(scheduleEvent)))].sort()
  const fitting = events.filter((event) => told === event || told.startsWith(`${event} `)).sort((a, b) => b.length - a.length)
  for (const event of fitting) {
    const script = told.slice(event.length).trim()
    if (!/\s/.test(script)) return { event, payload: undefined, script: script || undefined, from: `a tick of ${event}` }
  }
  const hint = events.length === 0 ? 'No script has any.' : `${didYouMean(told, events)} There are ${events.join(', ')}.`
  throw new UsageError(`No script has the schedule ${JSON.stringify(told)}.`, { hint: hint.trim() })
}

async function sendAgain(session: DevSession, shot: Shot | undefined, otherwise: string): Promise<void> {
  if (shot === undefined) throw new UsageError(otherwise)
  const ran = await session.send(shot)
  if (ran === 0)
    throw new UsageError(
      `No script ran for ${JSON.stringify(shot.event)}${shot.script === undefined ? '' : ` of ${JSON.stringify(shot.script)}`}.`,
    )
}

function startText({ session, directory }: LinesHost): string {
  const { scripts } = session
  const watching = `Watching ${JSON.stringify(directory)}: ${scripts.length} ${scripts.length === 1 ? 'script' : 'scripts'}.`
  const warnings = startWarnings(session).flatMap((warning) => warningLines(warning))
  const help = isPiped()
    ? `Commands on standard input, one a line: ${COMMANDS}.`
    : 'Keys need a terminal on both sides, commands a pipe to standard input; Ctrl+C ends.'
  return [...scripts.map((script) => formatScript(script)), ...warnings, paint('dim', watching), paint('dim', help)].join('\n')
}

/** What was doubtful before anything happened: of the policy, for example. */
function startWarnings(session: DevSession): string[] {
  return session.log.last(MOST_WARNINGS, { ...ALL, script: OF_DEV }).map(({ text }) => text)
}

function newsText(news: News, { session, filter }: LinesHost): string {
  switch (news.kind) {
    case 'run':
      return runText(news.entry, session, filter)
    case 'script-removed':
      return `${paint('bold', safeLine(news.script.id))}: removed`
    case 'script-loaded':
      return formatScript(news.script)
    case 'script-failed':
    case 'denied':
      return brokenText(news.kind === 'denied' ? 'denied' : 'failed', news.script)
    case 'types':
      return typesText(news.look)
    case 'policy-loaded':
      return ['policy loaded', ...news.warnings.flatMap((warning) => warningLines(warning))].join('\n')
    case 'problem':
      return formatError(errorParts(news.error), process.stdout)
  }
}

function typesText({ status, problems }: TypesLook): string {
  if (status === 'unavailable') return paint('yellow', 'Types are not checked.')
  return problems.length === 0 ? paint('green', 'Types are right again.') : problems.map(formatTypeProblem).join('\n')
}

/** What became of the new version; what is in force may be an older one. */
function brokenText(status: 'denied' | 'failed', script: ScriptInfo): string {
  const text = formatScript({ ...script, status })
  return script.status === 'ready' ? `${text}\n  the last good version stays in force` : text
}

function runText({ outcome }: RunEntry, session: DevSession, filter: LogFilter): string {
  const script = session.scripts.find(({ id }) => id === outcome.script)
  const logs = outcome.logs.filter((entry) => isShown(outcome.script, entry, filter))
  const home = script === undefined ? '' : describeHome(script)
  return formatOutcome({ ...outcome, logs }, { line: undefined, home, isKnownError: false })
}

function isShown(source: string, { level, message, data }: LogEntry, filter: LogFilter): boolean {
  return passes({ at: 0, source, level, text: data === undefined ? message : `${message} ${jsonText(data)}` }, filter)
}

function startLine({ session, directory }: LinesHost): string {
  return jsonText({ kind: 'started', at: new Date(), directory, scripts: session.scripts, warnings: startWarnings(session) })
}

function newsLine(news: News, { filter }: LinesHost): string {
  const at = new Date()
  if (news.kind === 'problem') return jsonText({ kind: news.kind, at, error: errorParts(news.error) })
  if (news.kind === 'types') return jsonText({ kind: news.kind, at, ...news.look })
  if (news.kind !== 'run') return jsonText({ at, ...news })
  const { outcome } = news.entry
  const logs = outcome.logs.filter((entry) => isShown(outcome.script, entry, filter))
  return jsonText({ kind: news.kind, at, outcome: { ...outcome, logs } })
}
