// What a child process says, held against what a runner can say. A child whose sandbox was broken is in somebody else's hands: nothing of it is believed unseen.
import { engineError } from '../errors/engine-error.ts'
import { OUTCOME_STATUSES } from '../model/outcome.ts'
import type { TextMessage } from '../runner/codec.ts'
import type { FromRunner } from '../runner/protocol.ts'

const STATUSES: ReadonlySet<unknown> = new Set(OUTCOME_STATUSES)
const MOST_CAUSES = 100

type Fields = Readonly<Record<string, unknown>>

/** The message, when a runner can have sent it. Throws `FRAME_BROKEN`. */
export function checkFromChild(message: TextMessage): FromRunner {
  if (isFromRunner(message as unknown)) return message as FromRunner
  throw engineError('FRAME_BROKEN', ['a message that no runner sends'])
}

function isFromRunner(message: unknown): boolean {
  if (!isObject(message)) return false
  switch (message['kind']) {
    case 'ended':
      return isId(message['id']) && isObject(message['state']) && isEnd(message['end'])
    case 'call':
      return isId(message['id']) && isCall(message)
    case 'loaded':
      return isId(message['id']) && isLoadEnd(message['end'])
    case 'hello':
      return isCount(message['version']) && isText(message['runtime']) && isText(message['baseHash'])
    default:
      return false
  }
}

function isCall({ call, name, args, cpuMs }: Fields): boolean {
  return typeof call === 'number' && isText(name) && isText(args) && isCount(cpuMs)
}

function isEnd(end: unknown): boolean {
  if (!isObject(end) || !isUsage(end['usage']) || !isTexts(end['logs'])) return false
  if (end['status'] === 'ok') return isText(end['value']) && isFaultOrNone(end['unawaited'])
  const notPlain = end['notPlain']
  const isNotPlain = notPlain === undefined || (isObject(notPlain) && isText(notPlain['path']) && isText(notPlain['what']))
  return (
    STATUSES.has(end['status']) && isNotPlain && isFaultOrNone(end['fault']) && isSiteOrNone(end['at']) && isFaultOrNone(end['unawaited'])
  )
}

function isLoadEnd(end: unknown): boolean {
  if (!isObject(end) || !isTexts(end['logs'])) return false
  if (end['ok'] === true) return isText(end['descriptor'])
  return end['ok'] === false && STATUSES.has(end['status']) && isFaultOrNone(end['fault']) && isSiteOrNone(end['at'])
}

function isFaultOrNone(fault: unknown): boolean {
  let cause = fault
  for (let i = 0; cause !== undefined; i++) {
    if (i > MOST_CAUSES || !isObject(cause)) return false
    const { name, message, stack, code } = cause
    if (!isText(name) || !isText(message) || !isText(stack) || !(code === undefined || isText(code))) return false
    cause = cause['cause']
  }
  return true
}

function isSiteOrNone(site: unknown): boolean {
  if (site === undefined) return true
  return isObject(site) && isText(site['stack']) && (site['awaited'] === undefined || isText(site['awaited']))
}

function isUsage(usage: unknown): boolean {
  if (!isObject(usage)) return false
  const { cpuMs, wallMs, memoryBytes, hostCalls, logBytes, outputBytes } = usage
  return isCount(cpuMs) && isCount(wallMs) && isCount(memoryBytes) && isCount(hostCalls) && isCount(logBytes) && isCount(outputBytes)
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText)
}

function isId(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY
}
