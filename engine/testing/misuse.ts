// What a test file did that no test can: an error of its author, told where it was made.

/** The error, with the code that docs/errors.md has for it. */
export function misuse(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'TEST_INVALID' })
}
