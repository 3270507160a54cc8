// A comment that names a source map: a file of the host, whose sources would then be in the script's own code frames.
import { tempDirectory } from '../harness/temp-directory.ts'
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'a source map that a script names is never read',
  threat: 'transpile',
  source: script('() => 1'),
  act: async ({ fire, open }) => {
    const mappings = 'AAAA,AAAA,AAAA;AAAA'
    const map = JSON.stringify({ version: 3, sources: ['script:host.ts'], sourcesContent: ['outside-canary'], names: [], mappings })
    using outside = tempDirectory({ 'host.js.map': map })
    const ways = [
      `file://${outside.path}/host.js.map`,
      `${outside.path}/host.js.map`,
      `data:application/json,${encodeURIComponent(map)}`,
      `data:application/json;base64,${btoa(map)}`,
    ]
    for (const url of ways) {
      for (const comment of [`//# sourceMappingURL=${url}`, `/*# sourceMappingURL=${url} */`, `//@ sourceMappingURL=${url}`]) {
        using inside = tempDirectory({ 'thief.ts': `export default () => { throw new Error('here') }\n${comment}` })
        const engine = await open({ scripts: inside.path, bundleCache: false })
        const [outcome] = (await engine.emit('x', {})).outcomes
        await engine.close()
        const { location, frame = '' } = outcome?.error ?? {}
        if (
          location?.file !== 'thief.ts' ||
          location.line !== 1 ||
          !frame.startsWith('> 1 | export default') ||
          (!url.startsWith('data:') && JSON.stringify(outcome).includes('outside-canary'))
        )
          throw new Error(`${comment}: ${JSON.stringify(outcome)}`)
      }
    }
    return [await fire()]
  },
  expect: { status: 'ok', value: 1 },
} satisfies Attack
