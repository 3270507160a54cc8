// What to do about a type error, in the words of this project, where TypeScript's own leave an author of scripts alone.
import { didYouMean } from '../../errors/did-you-mean.ts'
import type { BindingSurface } from '../../model/host-call.ts'
import { homeOfGlobal } from '../foreign-globals.ts'

/** The names that an author can mistype. */
export interface KnownWords {
  /** Undefined where any name of an event goes. */
  readonly events: readonly string[] | undefined
  /** Binding → its methods. */
  readonly bindings: { readonly [binding: string]: readonly string[] }
}

/** The words of an application with these events and bindings. */
export function knownWords(events: KnownWords['events'], surfaces: readonly Pick<BindingSurface, 'name' | 'methods'>[]): KnownWords {
  return { events, bindings: Object.fromEntries(surfaces.map(({ name, methods }) => [name, methods])) }
}

/** TypeScript suggests a near name by itself, unless it is short or two of its letters changed places. */
const NO_SUCH = /^Property '([^']+)' does not exist on type '(.{1,2000})'\.$/

/** In a definition that is a plain object, TypeScript tells of a name that there is not so. */
const NO_SUCH_PROPERTY: ReadonlySet<number> = new Set([2353, 2561])
const OF_A_DEFINITION = /in type '(?:Handlers|ScriptDefinition|WrittenScript)</
/** Something does not fit: a value, a property that there is not or that is missing, an argument. */
const MISFITS: ReadonlySet<number> = new Set([2322, 2345, 2353, 2561, 2739, 2740, 2741, 2769])
/** A parameter, or a part of one, has no type. */
const UNTYPED: ReadonlySet<number> = new Set([7006, 7031])
const DEFINITION = /\bdefineScript\s{0,100}\(/

/**
 * Without those that only follow from others: where anything in a definition does not fit, its handlers are not typed, and TypeScript says so of each of their
 * parameters. `text` is the file's.
 */
export function withoutConsequences<Found extends { readonly code: number; readonly message: string; readonly start: number }>(
  found: readonly Found[],
  text: string,
): readonly Found[] {
  const from = text.search(DEFINITION)
  const isBroken = ({ code, message, start }: Found): boolean =>
    from === -1 ? NO_SUCH_PROPERTY.has(code) && OF_A_DEFINITION.test(message) : start > from && MISFITS.has(code)
  return found.some(isBroken) ? found.filter(({ code, start }) => start < from || !UNTYPED.has(code)) : found
}

/** What env.d.ts says of a name that there is not, or that is granted to nobody, inside of TypeScript's words; a name with several near ones is told once for each. */
const OWN_SENTENCE = /"(?:There is no (?:event|binding) '|The policy grants )(?:[^"\\]|\\.){1,1000}"/g

/** What env.d.ts says, without TypeScript's words around it; any other message as it is. */
export function ownWords(message: string): string {
  const [first = ''] = message.split('\n')
  const [said, ...more] = [...first.matchAll(OWN_SENTENCE)].flatMap(([literal]) => readLiteral(literal))
  if (said === undefined) return message
  const others = more.flatMap((each) => / Did you mean ('.*')\?$/.exec(each)?.[1] ?? [])
  return others.length === 0 ? said : `${said.slice(0, -1)} or ${others.join(' or ')}?`
}

/** None where TypeScript shortened it. */
function readLiteral(literal: string): readonly string[] {
  try {
    return [String(JSON.parse(literal))]
  } catch {
    return []
  }
}

/** An error in TypeScript's words, and the line that it is on. */
export interface ToldError {
  readonly code: number
  readonly message: string
  readonly line: string
}

/** The hint for an error; undefined where TypeScript's own words do. */
export function typeHint({ code, message, line }: ToldError, words: KnownWords): string | undefined {
  const name = /'{1,2}([^']+)'{1,2}/.exec(message)?.[1] ?? ''
  switch (code) {
    case 2353: // Object literal may only specify known properties
    case 2561: // the same, with a suggestion
      if (message.includes("in type 'Handlers<")) return suggest(name, words.events ?? [], 'The application has the events')
      return message.includes('Needs') ? suggest(name, Object.keys(words.bindings), 'There are the bindings') : undefined
    case 2322: // Type is not assignable
      return hintForName(message, words) ?? hintForHandler(message)
    case 2339: // Property does not exist
    case 2551:
      return message.includes("on type 'ScriptContext<")
        ? suggest(name, Object.keys(words.bindings), 'There are the bindings')
        : hintForMember(message, words)
    case 2304: // Cannot find name
    case 2552:
    case 2580:
    case 2584:
    case 2591:
      return hintForGlobal(name)
    case 7006: // Parameter implicitly has an 'any' type
    case 7031:
      return (
        hintForEvent(line, words) ??
        "In defineScript({ … }), handlers know the types of their parameters: import { defineScript } from 'vivarium/script'."
      )
    default:
      return undefined
  }
}

/** For a name that env.d.ts has nothing near to. */
function hintForName(message: string, { events, bindings }: KnownWords): string | undefined {
  const [, what, name = ''] = /^There is no (event|binding) '(.*)'\.$/.exec(message) ?? []
  if (what === undefined) return undefined
  return what === 'event'
    ? suggest(name, events ?? [], 'The application has the events')
    : suggest(name, Object.keys(bindings), 'There are the bindings')
}

/** A handler of an event that there is not has no types: TypeScript says so of its parameters, and not of the name. */
function hintForEvent(line: string, { events }: KnownWords): string | undefined {
  const event = /(['"])([^'"]+)\1\s*(?::|\()/.exec(line)?.[2]
  if (event === undefined || events === undefined || event === '*' || events.includes(event)) return undefined
  return `The application has no event "${event}".${didYouMean(event, events)}`
}

function hintForMember(message: string, { bindings }: KnownWords): string | undefined {
  const [, name = '', type = ''] = NO_SUCH.exec(message) ?? []
  const binding = Object.keys(bindings).find((each) => `${each.slice(0, 1).toUpperCase()}${each.slice(1)}Binding` === type)
  if (binding !== undefined) return suggest(name, bindings[binding] ?? [], `ctx.${binding} has`)
  return didYouMean(name, membersOf(type)).trim() || undefined
}

/** The names that TypeScript shows of an object type. */
function membersOf(type: string): readonly string[] {
  if (!type.startsWith('{ ')) return []
  let own = type.slice(2, -1)
  for (let last = ''; last !== own; ) [last, own] = [own, own.replace(/\{[^{}]*\}/g, '')]
  return own.split(';').flatMap((member) => /^ *(?:readonly )?['"]?([\w$-]+)['"]?\??[:(]/.exec(member)?.[1] ?? [])
}

/** The last of TypeScript's reasons is the one that says it. */
function hintForHandler(message: string): string | undefined {
  const event = /type 'EventHandler<"([^"]+)"/.exec(message)?.[1]
  const reason = message.split('\n').at(-1)?.trim()
  return event === undefined || reason === undefined ? undefined : `The handler of "${event}" does not fit: ${reason}`
}

function suggest(name: string, known: readonly string[], what: string): string | undefined {
  if (known.length === 0) return undefined
  const nearest = didYouMean(name, known).trim()
  return nearest === '' ? `${what} ${known.join(', ')}.` : nearest
}

function hintForGlobal(name: string): string | undefined {
  if (name === 'fetch') return "The sandbox has no fetch of its own: write needs: { http: ['host.example.com'] }, then ctx.http.fetch(url)."
  const home = homeOfGlobal(name)
  if (home === undefined) return undefined
  return `The sandbox is not ${home === 'node' ? 'Node' : 'a browser'}. What a script may reach, it reaches through ctx.`
}
