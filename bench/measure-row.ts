// Measures one row, which the argument names, and prints what was measured as JSON.
import { ROWS } from './table.ts'

const [, , what] = process.argv
const row = ROWS.find((each) => each.what === what)
if (row === undefined) throw new Error(`no row is called ${JSON.stringify(what)}`)
process.stdout.write(JSON.stringify(await row.measure()))
