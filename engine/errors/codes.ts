// The one table of error codes. Each row makes the sentence: who, what was expected, what arrived, what to do.
// Every key has a heading of the same name in docs/errors.md; a test compares the two.
import { formatDuration, formatSize } from '../model/quantity.ts'

/** Code → the sentence, made from the facts. */
export const CODES = {
  // Host: misuse of the engine's own API. These throw.
  OPTIONS_INVALID: (what: string) => what,
  ENGINE_CLOSED: (method: string) => `engine.${method}() was called after engine.close(); create a new engine.`,
  EVENT_UNKNOWN: (event: string, hint: string) => `There is no event "${event}" in defineEvents.${hint}`,
  EVENT_KIND_MISMATCH: (event: string, kind: string, method: string) =>
    `The event "${event}" is of kind "${kind}": engine.${method}() does not fit; see docs/embedding.md for the method of each kind.`,
  PAYLOAD_INVALID: (event: string, path: string, message: string) =>
    `The payload of "${event}" does not fit its schema at ${path}: ${message}`,
  PAYLOAD_NOT_PLAIN: (event: string, path: string, what: string) =>
    `The payload of "${event}" cannot cross into the sandbox: ${path} is ${what}. Pass plain data (JSON, Date, Map, Set, BigInt, Uint8Array).`,
  INPUT_TOO_LARGE: (event: string, size: string, allowed: number) =>
    `The payload of "${event}" is ${size}; the limit "input" allows ${formatSize(allowed)}. Send less, or raise the limit in the policy.`,
  BINDING_INVALID: (name: string, what: string) => `The binding "${name}" ${what}.`,
  BINDING_DUPLICATE: (name: string) => `Two bindings are named "${name}"; names must be unique within an engine.`,
  PACK_NOT_FOUND: (reference: string, directory: string) =>
    `The pack of bindings "${reference}" was not found from ${directory}. Install the package there, or write the path of a file ("./packs/mail.ts").`,
  PACK_INVALID: (name: string, what: string) => `The pack of bindings "${name}" ${what}.`,
  PACK_MISMATCH: (who: string, wants: string, has: string) =>
    `${who} fits ${wants}, but this is ${has}. Install versions that fit each other.`,
  PACK_FAILED: (name: string, message: string) => `The pack of bindings "${name}" could not be set up: ${message}`,
  FILES_ROOT_UNUSABLE: (root: string, why: string) => `The root "${root}" of the binding "files" cannot be used: ${why}.`,
  KV_STORE_UNUSABLE: (path: string, why: string) => `The kv store "${path}" cannot be used: ${why}.`,
  SCRIPT_UNKNOWN: (script: string, hint: string) => `There is no script "${script}".${hint}`,
  V8_UNAVAILABLE: (why: string) =>
    `Scripts cannot run on v8 here: ${why} Or let those that should run on quickjs, with "fallback: quickjs" in the policy.`,
  RUNNER_START_FAILED: (placement: string, why: string) => `A runner (placement "${placement}") could not start: ${why}`,
  RUNNER_MISMATCH: (expected: string, got: string) =>
    `A runner speaks protocol ${got}, the engine ${expected}: install the same version of vivarium on both sides.`,
  RUNNER_BASE_MISMATCH: (expected: string, got: string) =>
    `A runner's base image is ${got.slice(0, 12)}…, the engine's others have ${expected.slice(0, 12)}…: they do not run the same files. Restart the engine after an update.`,
  RUNNER_BUILD_MISMATCH: (expected: string, got: string) =>
    `A runner is "${got}", the engine expected "${expected}": Node or vivarium was replaced while the host ran. Restart the host.`,
  RUNNER_CRASH_LOOP: (placement: string, times: number, seconds: number, why: string) =>
    `${times} runners in a row (placement "${placement}") ended before they had run anything, so none is started for ${seconds} s. The last one: ${why}`,
  FRAME_BROKEN: (what: string) => `A runner and its host no longer understand each other: ${what} arrived where a frame should be.`,
  QUICKJS_BUILD_UNKNOWN: (what: string) =>
    `The QuickJS build is not the one this version of vivarium was made for: ${what}. A file of the package was changed; install it again.`,
  INTERNAL: (what: string) => `Vivarium met a state that it rules out: ${what}. Please report this with the stack.`,
  SANDBOX_FAULT: () => 'The JavaScript engine of the sandbox gave up inside the run; the sandbox was made new.',
  DISPOSED: (what: string) => `${what} was used after it was disposed.`,

  // Source and bundling. These become load faults.
  SYNTAX_ERROR: (message: string) => message,
  IMPORT_FORBIDDEN: (specifier: string, why: string) => `Import of "${specifier}" refused: ${why}`,
  IMPORT_NOT_FOUND: (specifier: string, tried: string, suggestion = '') =>
    `Import of "${specifier}" not found. Looked for ${tried}.${suggestion}`,
  IMPORT_PACKAGE_DENIED: (name: string, script: string) =>
    `The package "${name}" is not on the policy's list for "${script}"; add it to "packages" in the policy.`,
  IMPORT_PACKAGE_NOT_FOUND: (name: string, root: string) =>
    `The package "${name}" is allowed but not installed: run "npm install ${name}" in ${root}.`,
  IMPORT_PACKAGE_UNPINNED: (name: string, what: string) =>
    `The package "${name}" is not the one that the lock file pins: ${what}. Run "npm ci" where the lock file is, or "npm install ${name}" to pin another version.`,
  SOURCE_TOO_LARGE: (bytes: number, allowed: number) => `The source is ${bytes} bytes; the limit "source" allows ${formatSize(allowed)}.`,
  BUNDLE_TOO_LARGE: (bytes: number, allowed: number) => `The bundle is ${bytes} bytes; the limit "bundle" allows ${formatSize(allowed)}.`,
  BUNDLE_TIMEOUT: (ms: number) => `Transpiling took longer than ${formatDuration(ms)} and was stopped.`,
  BUNDLE_MEMORY_EXCEEDED: (bytes: number) => `Transpiling needed more than ${formatSize(bytes)} of memory and was stopped.`,
  BUNDLER_LOST: (why: string) => `The transpiler stopped while it bundled the script: ${why}.`,
  SOURCE_UNREADABLE: (path: string, why: string) => `"${path}" cannot be read: ${why}`,
  SCRIPTS_DIRECTORY_MISSING: (path: string, isThere: boolean) =>
    isThere
      ? `The scripts directory "${path}" is no directory. Name the one that the scripts are in.`
      : `The scripts directory "${path}" does not exist. Create it, or run "vivarium init".`,
  SCRIPT_ID_CONFLICT: (id: string, a: string, b: string) => `"${a}" and "${b}" both have the id "${id}"; rename one.`,
  TYPE_ERROR: (what: string) => `Types do not fit, and the policy says "typeCheck: enforce": ${what}`,
  TYPE_CHECK_FAILED: (file: string, why: string) => `The types of "${file}" could not be checked: ${why}.`,
  TYPE_CHECK_UNAVAILABLE: (why: string) =>
    `Types cannot be checked here: TypeScript 7.0.2 is needed (npm install typescript@7.0.2), and ${why} Everything else works without it.`,

  // Load phase and manifest. These become load faults.
  LOAD_EXCEPTION: (message: string) => `The script's top level threw: ${message}`,
  LOAD_CPU_EXCEEDED: (ms: number) => `The script's top level computed for longer than ${formatDuration(ms)} (limit "loadCpu").`,
  LOAD_MEMORY_EXCEEDED: (bytes: number) => `The script's top level needed more than ${formatSize(bytes)} (limit "memory").`,
  LOAD_HOST_CALL: () => 'Host functions are not available while a script loads; call them from a handler, through ctx.',
  LOAD_RUNNER_LOST: (why: string) => `The loader stopped while it loaded the script: ${why}`,
  MANIFEST_MISSING: () =>
    'The script has no default export. Export a handler function, or an object with "on": export default { on: { … } }.',
  MANIFEST_INVALID: (path: string, expected: string, got: string) =>
    `The default export is not a valid manifest: ${path} must be ${expected}, not ${got}.`,

  // Policy.
  POLICY_SYNTAX: (message: string) => `The policy is not valid YAML: ${message}`,
  POLICY_INVALID: (path: string, message: string) => `The policy is not valid at ${path}: ${message}`,
  POLICY_UNREADABLE: (path: string, why: string) => `The policy file "${path}" cannot be read: ${why}`,
  LIMIT_INVALID: (name: string, got: string, expected: string) => `The limit "${name}" cannot be ${got}; write ${expected}.`,
  PERMISSION_DENIED: (need: string, script: string) => `"${script}" needs "${need}", which the policy does not grant.`,

  // Runs: faults in outcomes.
  EXCEPTION: (message: string) => message,
  CPU_EXCEEDED: (ms: number) => `The run computed for longer than ${formatDuration(ms)} (limit "cpu").`,
  WALL_EXCEEDED: (ms: number) => `The run took longer than ${formatDuration(ms)} in all (limit "wall").`,
  RUN_STALLED: () =>
    'The handler awaits something that can never happen: no host call, no timer is left that could wake it. Check for a promise that nobody resolves (limit "wall").',
  REJECTION_UNAWAITED: (message: string) => `A rejection that nobody awaited: ${message}`,
  MEMORY_EXCEEDED: (bytes: number) => `The run needed more than ${formatSize(bytes)} of memory (limit "memory").`,
  STACK_EXCEEDED: (bytes: number) => `The run's calls nest deeper than ${formatSize(bytes)} of stack (limit "stack").`,
  OUTPUT_EXCEEDED: (bytes: number) => `The result is larger than ${formatSize(bytes)} (limit "output").`,
  HOST_CALLS_EXCEEDED: (count: number) => `The run made more than ${count} host calls (limit "hostCalls").`,
  TEST_INVALID: (what: string) => what,
  RESULT_NOT_PLAIN: (path: string, what: string) => `The result cannot leave the sandbox: ${path} is ${what}. Return plain data.`,
  RESULT_INVALID: (path: string, message: string) => `The result does not fit the event's schema at ${path}: ${message}`,
  QUEUE_FULL: (script: string, running: number, waiting: number) =>
    `${script} already has ${running} run${running === 1 ? '' : 's'} under way and ${waiting} waiting; no more can wait ("concurrency" in the policy, "mode" and "max" in the script).`,
  RUN_OVERLAPS: (what: string) => `A run of ${what} is still under way, and its mode is "single": this run was left out.`,
  RUN_REPLACED: (what: string) => `A later run of ${what} took its place: the mode is "restart".`,
  QUARANTINED: (script: string, times: number) =>
    `"${script}" was stopped: ${times} of its runs had to be killed. It runs again when the script changes or the engine reloads it.`,
  CANCELLED: (reason: string) => `The host cancelled the run: ${reason}`,
  RUNNER_LOST: (why: string) => `The runner stopped while the run was in it, and the run could not be repeated unseen: ${why}`,
  LOAD_FAILED: (script: string, message: string) => `"${script}" could not be loaded: ${message}`,

  // Host calls: what a script's rejected promise carries.
  HOST_FUNCTION_UNKNOWN: (name: string) => `There is no host function "${name}".`,
  HOST_CALL_DENIED: (name: string, script: string) => `"${script}" was not granted "${name}".`,
  ARGUMENT_INVALID: (name: string, path: string, message: string) => `${name}: ${path} is not valid: ${message}`,
  ARGUMENT_NOT_PLAIN: (path: string, what: string) => `An argument cannot leave the sandbox: ${path} is ${what}.`,
  HOST_REPLY_INVALID: (name: string) => `${name} failed: the host function's reply does not fit its own declaration.`,
  HOST_FAILURE: (name: string) => `${name} failed on the host.`,
  PENDING_HOST_CALLS_EXCEEDED: (count: number) =>
    `More than ${count} host calls are waiting at once (limit "pendingHostCalls"); await some first.`,
  HOST_CALL_ARGUMENT_TOO_LARGE: (bytes: number) =>
    `The arguments of a host call are larger than ${formatSize(bytes)} (limit "hostCallArgument").`,
  TIMERS_EXCEEDED: (count: number) => `More than ${count} timers are set at once (limit "timers").`,
  EVENT_NOT_GRANTED: (script: string, event: string) =>
    `"${script}" may not emit "${event}"; add it to its needs, and to "allow.events" in the policy.`,
  EVENT_LOOP: (event: string, path: string) => `The event "${event}" would set itself off: ${path}.`,
  EVENT_TOO_DEEP: (event: string, depth: number, allowed: number) =>
    `The event "${event}" would be ${depth} steps away from the event that set it off; ${allowed} are allowed ("allow.events.depth" in the policy).`,
  EVENT_STORM: (event: string, root: string, allowed: number) =>
    `The event "${event}" was not emitted: "${root}" has set off ${allowed} further events already.`,
  EVENT_QUOTA_EXCEEDED: (allowed: number) =>
    `This run has emitted ${allowed} further events already; no more are allowed ("allow.events.perRun" in the policy).`,
  KV_KEY_INVALID: (why: string) => `kv: the key ${why}.`,
  KV_QUOTA_EXCEEDED: (what: string) => `kv: ${what}. Delete something, or ask for a larger quota ("allow.kv" in the policy).`,
  KV_VALUE_INVALID: (why: string) => `kv: ${why}.`,
  FILE_PATH_INVALID: (why: string) => `files: the path ${why}.`,
  FILE_DENIED: (path: string, why: string) => `files: "${path}" ${why}.`,
  FILE_NOT_FOUND: (path: string) => `files: there is no "${path}".`,
  FILE_REFUSED: (path: string, why: string) => `files: "${path}" ${why}.`,
  FILE_TOO_LARGE: (path: string, bytes: number, allowed: number) =>
    `files: "${path}" comes to ${bytes} bytes; the policy allows ${allowed} for one file ("fileBytes" under "allow.files").`,
  FILE_CONTENT_INVALID: (path: string, why: string) => `files: "${path}" ${why}.`,
  FILES_QUOTA_EXCEEDED: (what: string) => `files: ${what}. Remove something, or ask for a larger quota ("allow.files" in the policy).`,
  NAMESPACE_DENIED: (binding: string, namespace: string, access: string) =>
    `${binding}: the namespace "${namespace}" is not granted${access}; add it to "allow.${binding}.shared" in the policy, and to the script's needs.`,
  LOCK_QUOTA_EXCEEDED: (names: number) =>
    `lock: ${names} names are in use, and no more are allowed ("allow.lock.names" in the policy). A name stays in use for ten minutes after its release.`,
  CRYPTO_INPUT_TOO_LARGE: (bytes: number, allowed: number) =>
    `crypto: the input is ${bytes} bytes; ${allowed} are allowed ("allow.crypto.bytes" in the policy).`,
  HTTP_URL_INVALID: (url: string, why: string) => `http: "${url}" cannot be fetched: ${why}.`,
  HTTP_DENIED: (method: string, origin: string, granted: string) =>
    `http: ${method} ${origin} is not granted. ${granted} The policy's "allow.http" and the script's needs would have to cover it.`,
  HTTP_ADDRESS_DENIED: (host: string) =>
    `http: "${host}" leads to an address that is not public. Whoever keeps the policy can grant exact addresses ("private" of "allow.http").`,
  HTTP_HEADER_INVALID: (name: string, why: string) => `http: the header "${name}" ${why}.`,
  HTTP_REQUEST_TOO_LARGE: (bytes: number, allowed: number) =>
    `http: the body of the request is ${bytes} bytes; ${allowed} are allowed ("request" of "allow.http" in the policy).`,
  HTTP_RESPONSE_TOO_LARGE: (allowed: number) =>
    `http: the body of the response is larger than ${allowed} bytes, decompressed ("response" of "allow.http" in the policy).`,
  HTTP_REDIRECTS_EXCEEDED: (count: number) => `http: more than ${count} redirects ("redirects" of "allow.http" in the policy).`,
  HTTP_TIMEOUT: (ms: number) => `http: no complete response within ${ms} ms ("timeout" of "allow.http" in the policy, or of the call).`,
  HTTP_FAILED: (method: string, origin: string, why: string) => `http: ${method} ${origin} failed: ${why}.`,
  SECRET_DENIED: (name: string, use: string) =>
    `The secret "${name}" may not be ${use}: the policy's "allow.secrets" or the script's needs do not say so.`,
  SECRET_UNAVAILABLE: (name: string) => `The host has no value for the secret "${name}".`,
} as const satisfies Record<string, (...facts: never[]) => string>

/** A code of the table. */
export type ErrorCode = keyof typeof CODES

/** The facts that a code's sentence is made from. */
export type ErrorFacts<C extends ErrorCode> = Parameters<(typeof CODES)[C]>

/** The sentence of a code. */
export function describe<C extends ErrorCode>(code: C, ...facts: ErrorFacts<C>): string {
  const sentence = CODES[code] as (...facts: ErrorFacts<C>) => string
  return sentence(...facts)
}
