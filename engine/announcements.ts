// What an engine says of itself: to whoever listens to announcements, and to the host's logger.
import type { EngineAnnouncements } from './api.ts'
import type { EngineError } from './errors/engine-error.ts'
import { Announcer } from './observe/announcer.ts'
import type { EngineLogger } from './options.ts'
import type { PolicyRevision } from './policy/policy-revision.ts'
import type { ScriptInfo } from './registry/script-record.ts'
import type { RegistryListener } from './registry/script-registry.ts'

const NAMES: readonly (keyof EngineAnnouncements)[] = [
  'script-loaded',
  'script-failed',
  'script-removed',
  'denied',
  'run',
  'policy-loaded',
  'policy-failed',
  'problem',
]

type ScriptAnnouncement = 'script-loaded' | 'script-failed' | 'script-removed' | 'denied'

/** See the head of the file. */
export class Announcements {
  readonly announcer: Announcer<EngineAnnouncements>
  readonly #logger: EngineLogger
  /** What was said of the policy last: said again only when it changes. */
  #warned = ''

  constructor(logger: EngineLogger) {
    this.#logger = logger
    this.announcer = new Announcer(NAMES, (announcement, error) => logger.error({ announcement, err: error }, 'a listener threw'))
  }

  /** What the registry tells of scripts. */
  get listener(): RegistryListener {
    return {
      onLoaded: (script) => this.#script('script-loaded', 'info', script),
      onFailed: (script) => this.#script('script-failed', 'warn', script),
      onDenied: (script) => this.#script('denied', 'warn', script),
      onRemoved: (script) => this.#script('script-removed', 'info', script),
      onProblem: this.problem,
    }
  }

  /** A later revision of the policy is in force. */
  policyLoaded({ revision, hash }: PolicyRevision, warnings: readonly string[]): void {
    this.#logger.info({ revision, hash }, 'policy loaded')
    this.policyWarnings(warnings)
    this.announcer.tell('policy-loaded', { revision, hash, warnings })
  }

  /** What is doubtful about the policy in force. */
  policyWarnings(warnings: readonly string[]): void {
    const all = warnings.join('\n')
    if (all !== this.#warned) for (const warning of warnings) this.#logger.warn({ warning }, 'policy warning')
    this.#warned = all
  }

  /** The policy file became invalid. */
  policyFailed(error: EngineError): void {
    this.#logger.error({ err: error }, 'policy failed; the last valid one stays in force')
    this.announcer.tell('policy-failed', error)
  }

  /** The store could not be read. */
  readonly problem = (error: unknown): void => {
    this.#logger.error({ err: error }, 'the scripts directory could not be read')
    this.announcer.tell('problem', error)
  }

  /** What schedules remember could not be read or written; they run on. */
  scheduleProblem(error: unknown): void {
    this.#logger.error({ err: error }, 'what schedules remember could not be read or written')
    this.announcer.tell('problem', error)
  }

  #script(name: ScriptAnnouncement, level: 'info' | 'warn', script: ScriptInfo): void {
    const { id, error, warnings } = script
    this.#logger[level]({ script: id, error, ...(warnings.length > 0 && { warnings }) }, name)
    this.announcer.tell(name, script)
  }
}
