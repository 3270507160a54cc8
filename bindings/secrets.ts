// The binding `secrets`: what a script may use by name without knowing it, and read where policy says so.
import { z } from 'zod'
import { didYouMean } from '../engine/errors/did-you-mean.ts'
import type { Binding, BindingCall } from './binding.ts'
import { defineBinding } from './define-binding.ts'
import { HostFunctionError } from './host-function-error.ts'
import { accessOf, narrowSecrets, type SecretGrants, secretGrantSchema } from './secret-grants.ts'
import { SecretStore, type Secrets } from './secrets-store.ts'
import { SECRETS_TYPES } from './secrets-types.ts'

type SecretsCall = BindingCall<SecretGrants | true>

const name = z.tuple([z.string().max(64)], { error: 'it takes (name)' })

/** What `secrets` is made from. */
export interface SecretsOptions {
  /** Values by name, or functions that find them; or the store that other bindings share, so that the same values are used and redacted. */
  readonly secrets: Secrets | SecretStore
}

/**
 * The binding `secrets`: get, has. Every value that it holds or gave out is redacted in logs, errors and records of calls. Throws `OPTIONS_INVALID`.
 *
 * @example
 * const engine = await createEngine({ scripts, bindings: standardBindings({ secrets: { HOOK_TOKEN: process.env.HOOK_TOKEN ?? '' } }) })
 */
export function secrets({ secrets: given }: SecretsOptions): Binding {
  const store = given instanceof SecretStore ? given : new SecretStore(given)
  return defineBinding(
    'secrets',
    {
      get: {
        input: name,
        output: z.string(),
        handler: (call: SecretsCall, wanted) => {
          if (accessOf(grantsOf(call), wanted) !== 'read') throw HostFunctionError.of('SECRET_DENIED', wanted, 'read')
          return store.reveal(wanted, call)
        },
      },
      has: {
        input: name,
        output: z.boolean(),
        handler: (call: SecretsCall, wanted) => accessOf(grantsOf(call), wanted) !== undefined,
      },
    },
    {
      grant: secretGrantSchema((wanted) => (store.has(wanted) ? undefined : describeUnknown(wanted, store.names))),
      refuseTrue: 'name the secrets: [HOOK_TOKEN], or { HOOK_TOKEN: [hooks.example.com], SIGNING_KEY: read }',
      narrow: narrowSecrets,
      description: 'Secrets of the host by name: sent in headers without being seen, or read where policy says so.',
      types: SECRETS_TYPES,
      redact: store.redact,
    },
  )
}

function grantsOf({ grant }: SecretsCall): SecretGrants | undefined {
  return grant === true ? undefined : grant
}

function describeUnknown(wanted: string, names: readonly string[]): string {
  return `the host has no secret "${wanted.slice(0, 64)}".${didYouMean(wanted, names)}`
}
