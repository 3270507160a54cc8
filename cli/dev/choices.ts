// What can be fired at a script: fixtures of the events that it handles, an empty payload for those that have none, and ticks of its schedules.
import type { ScriptInfo } from '../../engine/index.ts'
import { type Fixture, listFixtures, readFixture } from '../fixtures.ts'
import { errorParts } from '../report-error.ts'
import type { Choice } from './view-state.ts'

const EVERY_EVENT = '*'

/** Reads the choices for a script. A fixture that cannot be read is listed with the reason. Throws a `UsageError` when the folder cannot be read. */
export async function findChoices(directory: string, script: ScriptInfo): Promise<Choice[]> {
  const events = script.handlers.map(({ event }) => event)
  const names = await listFixtures(directory)
  const read = await Promise.all(names.map((name) => readChoice(directory, name)))
  const fitting = read.filter(({ fixture }) => fixture === undefined || events.includes(EVERY_EVENT) || events.includes(fixture.event))
  const missing = events.filter((event) => event !== EVERY_EVENT && !fitting.some(({ fixture }) => fixture?.event === event))
  const ticks = script.schedules.map(tickChoice)
  return [...fitting.filter(isSendable), ...missing.map(emptyChoice), ...ticks, ...fitting.filter((choice) => !isSendable(choice))]
}

/** A schedule need not be waited for; without a payload its handler is given a tick of this moment. */
function tickChoice({ schedule, event }: ScriptInfo['schedules'][number]): Choice {
  return { label: `a tick of ${schedule}`, problem: undefined, fixture: { name: event, event, payload: undefined } }
}

async function readChoice(directory: string, name: string): Promise<Choice> {
  try {
    const fixture = await readFixture(directory, name)
    const label = `fixtures/${name}.json${fixture.event === name ? '' : ` as ${fixture.event}`}`
    return { label, problem: undefined, fixture }
  } catch (error) {
    const { message, location } = errorParts(error)
    const at = location === undefined ? '' : ` (line ${location.line}, column ${location.column})`
    return { label: `fixtures/${name}.json`, problem: `${message}${at}`, fixture: undefined }
  }
}

function emptyChoice(event: string): Choice {
  const fixture: Fixture = { name: event, event, payload: {} }
  return { label: `${event} with {}, for want of fixtures/${event}.json`, problem: undefined, fixture }
}

function isSendable({ fixture }: Choice): boolean {
  return fixture !== undefined
}
