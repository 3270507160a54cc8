// What a command gives to the bindings: where `ctx.kv` keeps entries, the folders of `ctx.files`, the values of secrets. What policy names and nobody gave has a stand-in: an
// empty folder that is gone at the end, a secret without a value. So a policy is read at the command line as in the application, whatever of the application is at hand.
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { parse } from 'yaml'
import { SECRET_NAME, type Secrets } from '../bindings/secrets-store.ts'
import { didYouMean } from '../engine/errors/did-you-mean.ts'
import { readPolicyText } from '../engine/policy/bounded-read.ts'
import { UsageError } from './usage-error.ts'

/** Without `--kv`, what scripts store is gone when the command ends. */
export const IN_MEMORY = ':memory:'

/** What the command line tells a module whose `bindings` is a function: options of `standardBindings`. */
export interface HostTerms {
  /** Where `ctx.kv` keeps entries for this command: `--kv`, or `:memory:`. */
  readonly kv: string
  /** Folders by name: `--files`, and stand-ins for others that policy names. */
  readonly files: { readonly [name: string]: string }
  /** Secrets by name: `--secret` and `--secrets`, and others that policy names, without a value. */
  readonly secrets: Secrets
}

/** What was given with the command. */
export interface GivenOptions {
  readonly kv?: string | undefined
  /** `NAME=DIR`, each. */
  readonly files?: readonly string[] | undefined
  /** Names of environment variables. */
  readonly secret?: readonly string[] | undefined
  /** A file of `NAME=value` lines. */
  readonly secrets?: string | undefined
}

/** What policy names and the command was not given. */
export interface StandIns {
  readonly files: readonly string[]
  readonly secrets: readonly string[]
  /** The other way round: folders that the command was given and policy grants to nobody, as sentences. */
  readonly needless: readonly string[]
}

/** What a policy speaks of. */
interface Named extends Pick<StandIns, 'files' | 'secrets'> {
  /** Whether somebody is granted every folder that there is. */
  readonly isEveryFolder: boolean
}

const ROOT_NAME = /^[A-Za-z][\w-]{0,63}$/
const SHORTEST_SECRET = 3
/** The root that there is where policy grants all of them and names none. */
const ANY_ROOT = 'data'

/** Makes the terms. Throws a `UsageError` for what was given wrongly. `isForRuns`: whether host functions will be called; else nothing is made on the disk. */
export async function readTerms(
  policy: string | undefined,
  given: GivenOptions,
  isForRuns: boolean,
): Promise<{ readonly terms: HostTerms; readonly standIns: StandIns }> {
  const named = policy === undefined ? NOTHING : await namesInPolicy(policy)
  const files = readFolders(given.files ?? [])
  const secrets = await readSecrets(given)
  const missing: StandIns = {
    files: named.files.filter((name) => !Object.hasOwn(files, name)),
    secrets: named.secrets.filter((name) => !Object.hasOwn(secrets, name)),
    needless: named.isEveryFolder ? [] : describeNeedless(Object.keys(files), named.files),
  }
  const rootless = missing.files.length === 0 && Object.keys(files).length === 0 ? [ANY_ROOT] : missing.files
  const terms: HostTerms = {
    kv: given.kv ?? IN_MEMORY,
    files: { ...files, ...emptyFolders(rootless, isForRuns && missing.files.length > 0) },
    secrets: { ...secrets, ...Object.fromEntries(missing.secrets.map((name) => [name, () => undefined])) },
  }
  return { terms, standIns: missing }
}

/** What is to be known of stand-ins: a sentence for each. */
export function describeStandIns({ files, secrets, needless }: StandIns): string[] {
  return [
    ...needless,
    ...files.map((name) => `ctx.files had an empty folder for "${name}", which is gone at the end; --files ${name}=DIR names one.`),
    ...secrets.map((name) => `The secret "${name}" had no value; --secret ${name} takes it from the environment.`),
  ]
}

function describeNeedless(given: readonly string[], granted: readonly string[]): string[] {
  return given
    .filter((name) => !granted.includes(name))
    .map((name) => `The policy grants the folder "${name}" of --files to no script.${didYouMean(name, granted)}`)
}

/** `--files` as a list of what was given: `NAME=DIR`. */
function readFolders(given: readonly string[]): { [name: string]: string } {
  return Object.fromEntries(
    given.map((text) => {
      const [name = '', ...rest] = text.split('=')
      const path = rest.join('=')
      if (ROOT_NAME.test(name) && path !== '') return [name, path]
      throw new UsageError(`--files takes NAME=DIR, such as data=./data, not ${JSON.stringify(text)}.`)
    }),
  )
}

async function readSecrets({ secret = [], secrets: file }: GivenOptions): Promise<{ [name: string]: string }> {
  const ofFile = file === undefined ? {} : parseEnv(await readSecretsFile(file))
  const ofEnvironment = secret.map((name) => {
    const value = process.env[name]
    if (value !== undefined) return [name, value] as const
    throw new UsageError(`There is no environment variable ${JSON.stringify(name)} to take the secret from.`, {
      hint: `Set it, or leave --secret ${name} out: scripts then get SECRET_UNAVAILABLE.`,
    })
  })
  const all = { ...ofFile, ...Object.fromEntries(ofEnvironment) } as { [name: string]: string }
  for (const [name, value] of Object.entries(all)) {
    if (!SECRET_NAME.test(name)) throw new UsageError(`${JSON.stringify(name)} cannot be the name of a secret.`)
    if (value.length < SHORTEST_SECRET)
      throw new UsageError(
        `The secret ${JSON.stringify(name)} is shorter than ${SHORTEST_SECRET} characters: it could not be kept out of logs.`,
      )
  }
  return all
}

async function readSecretsFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError(`The file of secrets ${JSON.stringify(file)} cannot be read: ${(error as NodeJS.ErrnoException).code}.`)
  }
}

/** Paths of folders that nobody named. They are made where scripts may write to them, and removed with everything in them when the process ends. */
function emptyFolders(names: readonly string[], isMade: boolean): { [name: string]: string } {
  const parent = isMade ? mkdtempSync(join(tmpdir(), 'vivarium-files-')) : join(tmpdir(), 'vivarium-files')
  if (isMade) process.once('exit', () => rmSync(parent, { recursive: true, force: true }))
  return Object.fromEntries(names.map((name) => [name, join(parent, name)]))
}

const NOTHING: Named = { files: [], secrets: [], isEveryFolder: false }

/** The roots and secrets that a policy speaks of. What is wrong with the policy is told by whoever reads it in earnest. */
async function namesInPolicy(path: string): Promise<Named> {
  try {
    const { defaults, scripts } = Object(parse(await readPolicyText(path))) as { readonly defaults?: unknown; readonly scripts?: unknown }
    const allows = [defaults, ...Object.values(Object(scripts))].map((entry) => Object(Object(entry).allow))
    return {
      files: namesOf(allows.map(({ files }) => files)).filter((name) => ROOT_NAME.test(name)),
      secrets: namesOf(allows.map(({ secrets }) => secrets)).filter((name) => SECRET_NAME.test(name)),
      isEveryFolder: allows.some(({ files }) => files === true),
    }
  } catch {
    return NOTHING
  }
}

/** Both bindings take a list of names, or a table of them. */
function namesOf(grants: readonly unknown[]): string[] {
  const names = grants.flatMap((grant) => {
    if (Array.isArray(grant)) return grant.filter((name) => typeof name === 'string')
    return typeof grant === 'object' && grant !== null ? Object.keys(grant) : []
  })
  return [...new Set(names)]
}
