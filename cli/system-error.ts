// Errors of the operating system, told apart from mistakes in this program.

/** Whether an error comes from a call of the operating system: a path that is too long, closed, a circle of links, a pipe that broke. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error
}
