// The example event of a new script, where there is one already: whose it is, and whether the application would take it.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventDefinitions } from '../engine/events.ts'
import { findFiles } from '../engine/source/find-files.ts'
import { readFixture } from './fixtures.ts'
import { type Example, judgeExample } from './new-example.ts'
import type { FilledTemplate } from './script-templates.ts'
import { UsageError } from './usage-error.ts'

/** Whether an example was made for the script that is written anew: the script is there, and no other file speaks of its event. */
export async function isOwnFixture(directory: string, { script, test }: FilledTemplate, event: string): Promise<boolean> {
  const files = (await findFiles(directory)).filter((path) => /\.[tj]s$/.test(path))
  if (!files.includes(script[0])) return false
  const others = files.filter((path) => path !== script[0] && path !== test[0])
  // Of what cannot be read, nobody knows.
  const texts = await Promise.all(others.map((path) => readFile(join(directory, path), 'utf8').catch(() => event)))
  return !texts.some((text) => text.includes(event))
}

/** Whether the application takes an example that is there. Never throws for what is in it. */
export async function judgeFixture(directory: string, name: string, definition: EventDefinitions[string]): Promise<Example> {
  try {
    const { payload } = await readFixture(directory, name)
    return await judgeExample(definition, payload)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { value: {}, fault: error.message }
  }
}
