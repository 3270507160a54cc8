// atob and btoa. The work is the runner's; here is what the standard says about odd input.
import type { Kit } from '../kit.ts'

/** Fills `made` with `atob` and `btoa`. */
export function base64Pack(kit: Pick<Kit, 'pack' | 'pure'>, made: Record<string, unknown>): void {
  const { apply } = Reflect
  const { replace, slice } = String.prototype
  const TypeErrorOf = TypeError
  const whitespace = /[\t\n\f\r ]+/g
  const padding = /==?$/
  /** Divisible by 3 and by 4: neither bytes nor digits are torn. */
  const CHUNK = 49_152
  const refused = (message: string): unknown =>
    (kit.pack('exception')['thrown'] as (name: string, message: string) => unknown)('InvalidCharacterError', message)
  const convert = (name: string, text: string): string | undefined => {
    let result = ''
    for (let at = 0; at < text.length; at += CHUNK) {
      const part = kit.pure(name, [apply(slice, text, [at, at + CHUNK])])
      if (part === undefined) return undefined
      result += part
    }
    return result
  }
  const need = (count: number): void => {
    if (count === 0) throw new TypeErrorOf('The "data" argument must be specified')
  }
  const btoa = (...data: unknown[]): string => {
    need(data.length)
    const result = convert('btoa', `${data[0]}`)
    if (result === undefined) throw refused('Invalid character')
    return result
  }
  const atob = (...data: unknown[]): string => {
    need(data.length)
    let text = apply(replace, `${data[0]}`, [whitespace, '']) as string
    if (text.length % 4 === 0) text = apply(replace, text, [padding, '']) as string
    const result = text.length % 4 === 1 ? undefined : convert('atob', text)
    if (result === undefined) throw refused('The string to be decoded is not correctly encoded.')
    return result
  }
  made['atob'] = atob
  made['btoa'] = btoa
}
