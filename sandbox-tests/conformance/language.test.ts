// timeout: 240s
// Programs of the language itself, on both runtimes.
import { conformance } from './conformance.ts'
import { CLASSES } from './programs/classes.ts'
import { ITERATION } from './programs/iteration.ts'
import { LANGUAGE } from './programs/language.ts'
import { TYPESCRIPT } from './programs/typescript.ts'

await conformance({ CLASSES, ITERATION, LANGUAGE, TYPESCRIPT })
