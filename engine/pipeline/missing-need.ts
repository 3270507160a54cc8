// A script uses a binding that it was not given, because it does not ask for it: what the runtimes say of that is about `undefined`, and helps nobody.

/** What both runtimes say when a property of nothing is read. */
const READ_OF_NOTHING =
  /^(?:cannot read property '([\w$]{1,64})' of undefined|Cannot read properties of undefined \(reading '([\w$]{1,64})'\))$/
const LONGEST_LINE = 500

/** The hint for a fault, given the line of the script that it comes from and the bindings that the script does not have; undefined where it is not about one of them. */
export function hintForMissingNeed(message: string, line: string, absent: readonly string[]): string | undefined {
  const found = READ_OF_NOTHING.exec(message)
  const method = found?.[1] ?? found?.[2]
  if (method === undefined) return undefined
  const binding = absent.find((name) => hasRead(line.slice(0, LONGEST_LINE), name, method))
  if (binding === undefined) return undefined
  return `ctx.${binding} is there only for scripts that ask for it: write needs: { ${binding}: true } beside "on".`
}

function hasRead(line: string, binding: string, method: string): boolean {
  return line.includes(`${binding}.${method}`) || line.includes(`${binding}!.${method}`)
}
