// timeout: 240s
// Programs of the containers that the language brings along, on both runtimes.
import { conformance } from './conformance.ts'
import { ARRAYS } from './programs/arrays.ts'
import { BINARY } from './programs/binary.ts'
import { COLLECTIONS } from './programs/collections.ts'
import { JSON_TEXT } from './programs/json.ts'
import { OBJECTS } from './programs/objects.ts'

await conformance({ ARRAYS, BINARY, COLLECTIONS, JSON_TEXT, OBJECTS })
