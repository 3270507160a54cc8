// `npm run vivarium` in this repository: npm starts what it runs in the directory of package.json; paths are meant from where the command was given.
const { INIT_CWD: origin } = process.env
if (origin !== undefined) process.chdir(origin)
await import('./main.ts')
