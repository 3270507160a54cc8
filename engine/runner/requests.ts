// What is under way on a channel, by the numbers that name it there. The tables behind a `Map` whose entries come and go by the thousand hold on to one another, and
// to what was in them, until the old generation is collected; here a place is taken again, under its next number.
import { engineError } from '../errors/engine-error.ts'
import type { RequestId } from './protocol.ts'

/** Requests at once on a channel: more than any sends. */
const PLACES = 1 << 14
/** Numbers have 31 bits, so that one fits into a word of shared memory. After so many rounds a place begins with its first number again. */
const ROUNDS = (1 << 16) - 2
/** Odd numbers are left to others. */
const STEP = 2

/** See the head of the file. The numbers are even. */
export class Requests<T> {
  /** Of each place: the number that it has, or will have next. */
  readonly #ids: RequestId[] = []
  readonly #values: (T | undefined)[] = []
  readonly #free: number[] = []

  /** How many there are. */
  get size(): number {
    return this.#ids.length - this.#free.length
  }

  /** The number that {@link add} gives to the next one. */
  get nextId(): RequestId {
    const place = this.#free.at(-1)
    return place === undefined ? idOf(this.#ids.length, 1) : (this.#ids[place] as RequestId)
  }

  /** Adds one under {@link nextId}. */
  add(value: T): RequestId {
    const place = this.#free.pop() ?? this.#open()
    this.#values[place] = value
    return this.#ids[place] as RequestId
  }

  /** The request of a number; undefined when it is over, or never was. */
  get(id: RequestId): T | undefined {
    const place = placeOf(id)
    return this.#ids[place] === id ? this.#values[place] : undefined
  }

  /** Whether it is under way. */
  has(id: RequestId): boolean {
    return this.get(id) !== undefined
  }

  /** The numbers of those that a predicate holds for. */
  filter(predicate: (value: T) => boolean): RequestId[] {
    return this.#ids.filter((_, place) => {
      const value = this.#values[place]
      return value !== undefined && predicate(value)
    })
  }

  /** Takes one out. */
  take(id: RequestId): T | undefined {
    const value = this.get(id)
    if (value === undefined) return undefined
    const place = placeOf(id)
    this.#values[place] = undefined
    this.#ids[place] = idOf(place, (roundOf(id) % ROUNDS) + 1)
    this.#free.push(place)
    return value
  }

  /** Takes all of them out. */
  takeAll(): readonly (readonly [RequestId, T])[] {
    const all: (readonly [RequestId, T])[] = []
    for (const id of this.#ids) {
      const value = this.take(id)
      if (value !== undefined) all.push([id, value])
    }
    return all
  }

  #open(): number {
    const place = this.#ids.length
    if (place === PLACES) throw engineError('INTERNAL', ['more requests on one channel than it has places for'])
    this.#ids.push(idOf(place, 1))
    this.#values.push(undefined)
    return place
  }
}

function idOf(place: number, round: number): RequestId {
  return (round * PLACES + place) * STEP
}

function placeOf(id: RequestId): number {
  return (id / STEP) % PLACES
}

function roundOf(id: RequestId): number {
  return Math.floor(id / STEP / PLACES)
}
