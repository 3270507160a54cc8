// The version of Node that the engine needs. This file imports nothing.

/** The oldest major version that has what the engine uses. */
export const LEAST_NODE = 24

/** The major version in a version text such as `24.21.0`. */
export function readMajor(version: string): number {
  return Number.parseInt(version, 10)
}
