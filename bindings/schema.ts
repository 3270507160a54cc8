// How bindings ask schemas: as the rest of the engine does.
export { clip, isSchema, isThenable, type SchemaIssue, type Verdict, validate } from '../engine/model/standard-schema.ts'
