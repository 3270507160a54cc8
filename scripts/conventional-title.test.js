// Tests may be plain JavaScript too. A function that the script does not export is tested through its handlers.
import { describe, expect, run, test } from 'vivarium/test'

/** @param {string} title */
const check = async (title) => (await run('./conventional-title', 'pull_request.opened', { pull_request: { number: 1, title } })).value

test('titles that follow the convention pass', async () => {
  for (const title of ['fix: the crash', 'feat(cli)!: a new flag', 'docs(readme): typo'])
    expect(await check(title)).toEqual({ check: 'title', conclusion: 'success' })
})

const SUGGESTIONS = {
  'Update the README.': 'docs: update the README',
  'Fixed a crash': 'fix: fixed a crash',
  'Support for PNG': 'feat: support for PNG',
  Whatever: 'chore: whatever',
}

describe('others get a suggestion', () => {
  for (const [title, better] of Object.entries(SUGGESTIONS))
    test(`for ${title}`, async () => {
      expect(await check(title)).toMatchObject({ conclusion: 'failure', summary: `How about "${better}"?` })
    })
})
