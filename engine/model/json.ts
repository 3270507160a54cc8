// Plain JSON, as a type.

/** Any value that JSON can write without loss. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
