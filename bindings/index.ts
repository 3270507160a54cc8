// Public names of `vivarium/bindings`.
export type { Binding, BindingCall } from './binding.ts'
export { HostFunctionError } from './host-function-error.ts'
export { type KvOptions, kv } from './kv.ts'
export type { KvContent, KvPage, KvQuota, KvRange, KvScope, KvStore, Soon } from './kv-store.ts'
export { type Logger, type LogOptions, log } from './log.ts'
export { openSqliteKvStore } from './sqlite-kv-store.ts'
export { type StandardBindingsOptions, standardBindings } from './standard-bindings.ts'
