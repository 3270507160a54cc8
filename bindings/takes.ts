// What is said of a host call whose arguments are too few, too many or no list.

/** The error of an input schema: `z.tuple([…], takes('key, value, { ttl }?'))`. The signature is what the method takes, as its types show it. */
export function takes(signature: string): { readonly error: string } {
  return { error: `it takes (${signature})` }
}
