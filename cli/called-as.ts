// The words that started this command, for what it says to try next: people copy that line as it is.

/** `npm run vivarium --` in the repository, `npx vivarium` where npx was used, else `vivarium`. */
export function calledAs({ npm_lifecycle_event: script }: NodeJS.ProcessEnv = process.env): string {
  if (script === 'vivarium') return 'npm run vivarium --'
  return script === 'npx' ? 'npx vivarium' : 'vivarium'
}
