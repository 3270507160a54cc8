// docs/reference.md, made from what is there anyway: the bindings' surfaces, types and grants, the types that every script has, the tables of limits and of codes.
import type { Binding } from '../../bindings/index.ts'
import { typeOfSide } from '../../bindings/types/schema-type.ts'
import { SCRIPT_MODULE } from '../../bindings/types/script-module.ts'
import { CODES } from '../../engine/errors/codes.ts'
import { type Member, membersOf } from './members.ts'
import { type CodeEntry, readCodes, relink, sectionOf } from './pages.ts'

/** What the reference is made from. */
export interface ReferenceSources {
  readonly bindings: readonly Binding[]
  /** The text of a file below docs/, `/` between the parts. */
  readonly page: (path: string) => string
}

const HEAD = `<!-- Made by "npm run docs" from the bindings, their types and the pages of this folder. Do not edit: change those. -->

# Reference

Everything that a script can use, from the same sources as the types in your editor. To learn how to write scripts, begin with [writing scripts](writing-scripts.md); for tasks, see the [cookbook](cookbook.md).

Which bindings there are is up to the application, and what a script has of them up to policy. This page shows those that come with vivarium; where an application names things, they are called \`data\` (a folder for \`files\`) and \`HOOK_TOKEN\` (a
secret). What *your* application offers stands in \`.vivarium/env.d.ts\`, which \`vivarium types\` writes.`

/** The names of \`vivarium/script\` that authors meet, in the order of the page. */
const TYPES = ['ScriptDefinition', 'BaseContext', 'ScriptLog', 'Schedule', 'Tick', 'OverlapMode']

/** Makes the page. */
export function makeReference({ bindings, page }: ReferenceSources): string {
  const sorted = bindings.toSorted((a, b) => (a.surface.name < b.surface.name ? -1 : 1))
  const codes = readCodes(page('errors.md'))
  const parts = [
    HEAD,
    overview(sorted),
    everyScript(),
    ...sorted.map((binding) => describeBinding(binding, page(`bindings/${binding.surface.name}.md`), codes)),
    `## Limits of a run\n\nPolicy changes them for scripts, up to the ceilings; the application can lower them for one call. See [limits](limits.md).\n\n${tableIn(page('limits.md'))}`,
    allCodes(codes),
  ]
  return `${parts.join('\n\n')}\n`
}

function overview(bindings: readonly Binding[]): string {
  const rows = bindings.map(({ surface: { name, description, methods } }) => {
    const list = methods.map((method) => `[\`${method}\`](#${anchor(name, method)})`).join(', ')
    return `| [\`ctx.${name}\`](#ctx${name.toLowerCase()}) | ${description} | ${list || 'see below'} |`
  })
  return ['| | | |', '|---|---|---|', ...rows].join('\n')
}

function everyScript(): string {
  const declarations = TYPES.map((name) => declarationOf(name)).join('\n\n')
  return `## Every script\n\nWhat it exports, and what its handlers are given without asking. Schedules have [a page of their own](bindings/schedule.md), the globals of the sandbox stand in [runtimes](runtimes.md).\n\n${code(declarations)}`
}

/** A declaration of \`vivarium/script\`, with its doc comment. */
function declarationOf(name: string): string {
  const parts = SCRIPT_MODULE.split(/^(?=\/\*\*)/m)
  const found = parts.find((part) => new RegExp(`^export (?:interface|type) ${name}\\b`, 'm').test(part))
  return (found ?? '').replace(/^export /m, '').trim()
}

function describeBinding(binding: Binding, page: string, codes: readonly CodeEntry[]): string {
  const { name, description } = binding.surface
  const members = binding.types === undefined ? [] : membersOf(binding.types)
  const limits = sectionOf(page, 'Limits')
  return [
    `## ctx.${name}`,
    `${description} More on [its page](bindings/${name}.md).`,
    describeGrant(binding),
    ...members.map((member) => describeMethod(binding, member)),
    limits === undefined ? '' : `**Limits**\n\n${relink(limits)}`,
    ownCodes(binding, page, codes),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function describeGrant({ surface: { name, methods, readAllow }, grant }: Binding): string {
  if (methods.length === 0) return 'Every script has it, without a need: its methods stand under [every script](#every-script).'
  const isWhole = readAllow(true).ok
  const forms = grant === undefined ? 'true' : typeOfSide(grant, 'input', { name: `${name} need`, named: new Map() })
  const all = isWhole ? ' `true` in policy grants it within the defaults.' : ' `true` is no grant in policy: it has to say what.'
  if (grant === undefined) return `**Needs and policy:** \`needs: { ${name}: true }\`, \`allow: { ${name}: true }\`.`
  return `**Needs and policy:** \`needs: { ${name}: true }\` asks for whatever policy grants.${all} Either can write this:\n\n${code(forms)}`
}

function describeMethod({ surface: { name }, methods }: Binding, { name: method, declaration, says, example }: Member): string {
  const cost = methods.get(method)?.cost ?? 1
  return [
    `### ctx.${name}.${method}`,
    code(declaration),
    says,
    example === undefined ? '' : code(example),
    cost === 1 ? '' : `A call is metered at ${cost}.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** Codes that the types or the page of a binding name. */
function ownCodes({ types = '' }: Binding, page: string, codes: readonly CodeEntry[]): string {
  const named = new Set(`${types}\n${sectionOf(page, 'Errors') ?? ''}`.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g))
  const own = codes.filter(({ code: each }) => each in CODES && named.has(each))
  return own.length === 0 ? '' : `**Codes of its errors**\n\n${codeTable(own)}`
}

function allCodes(codes: readonly CodeEntry[]): string {
  const groups = [...new Set(codes.map(({ group }) => group))]
  const tables = groups.map((group) => `### ${group}\n\n${codeTable(codes.filter((each) => each.group === group))}`)
  return `## Error codes\n\nEach with what to do in [errors](errors.md).\n\n${tables.join('\n\n')}`
}

function codeTable(codes: readonly CodeEntry[]): string {
  const rows = codes.map(({ code: each, when }) => `| [\`${each}\`](errors.md#${each.toLowerCase()}) | ${cell(when)} |`)
  return ['| code | when |', '|---|---|', ...rows].join('\n')
}

/** The first table of a page. */
function tableIn(page: string): string {
  return /(?:^\|.*\n)+/m.exec(page)?.[0].trim() ?? ''
}

function anchor(binding: string, method: string): string {
  return `ctx${binding}${method}`.toLowerCase()
}

function cell(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')
}

function code(text: string): string {
  return `\`\`\`ts\n${text}\n\`\`\``
}
