// Bundles that tell what of them was reached. Each statement, function and branch says so once in a run, in an entry of the log that no script could write: so a run that is cut has told
// all that it reached, and nothing has to be fetched from it.
import { createHash } from 'node:crypto'
import type { FileCoverageData } from 'istanbul-lib-coverage'
import { createInstrumenter } from 'istanbul-lib-instrument'
import type { Bundle } from '../../engine/model/bundle.ts'

/** An instrumented bundle. */
export interface Instrumented {
  readonly bundle: Bundle
  /** All that can be reached, with counts of 0; places are those of the bundle that was not instrumented. */
  readonly coverage: FileCoverageData
  /** From there to the user's files. */
  readonly sourceMap: { readonly mappings: string }
}

const ENTRY = '$entry'
const SCOPE = '$coverage'
/** What can be reached, as the instrumenter writes it into the code: several times the code's size, and known here. */
const STATIC_DATA = /(var coverageData=)\{.*?\}(;var coverage=global\[gcv\])/s
/** What the bundler writes behind the user's modules. */
const DEFINE = '$define('

/** Instruments a bundle; entries that tell begin with `token`. Throws what the parser throws. */
export function instrument(bundle: Bundle, token: string): Instrumented {
  const instrumenter = createInstrumenter({
    coverageVariable: '__coverage__',
    coverageGlobalScope: SCOPE,
    coverageGlobalScopeFunc: false,
    compact: true,
    esModules: false,
  })
  // On a line of its own, so that columns stay what they are.
  const body = instrumenter.instrumentSync(`${ENTRY}=\n${bundle.code}`, bundle.script)
  const code = `(()=>{let ${ENTRY};${tellerSource(token)}${body.replace(STATIC_DATA, '$1{hash}$2')};return(define)=>{try{${ENTRY}(define)}finally{$live()}}})()`
  const map = JSON.parse(bundle.sourceMap) as { readonly mappings: string }
  return {
    bundle: { ...bundle, code, hash: createHash('sha256').update(code).digest('hex') },
    coverage: withoutWrapper(instrumenter.lastFileCoverage(), placeOfDefine(bundle.code)),
    sourceMap: { ...map, mappings: `;${map.mappings}` },
  }
}

/** The keys that an entry of the log tells: `s12`, `f3`, `b4.1`. */
export function readTold(message: string, token: string): readonly string[] {
  return message.startsWith(token) ? message.slice(token.length).split(' ') : []
}

/** The counters: what is first reached is told. What the top level reached, which runs before anything can be logged, is told along with a run's first. */
function tellerSource(token: string): string {
  return `
const $log=console.debug,$at=[];let $isLive=false;
const $live=()=>{$isLive=true};
const $tell=(key)=>{
  if(!$isLive){$at.push(key);return}
  for(let i=0;i<$at.length;i+=50)$log(${JSON.stringify(token)}+$at.slice(i,i+50).join(" "));
  $at.length=0;
  $log(${JSON.stringify(token)}+key)
};
const $counters=(prefix)=>{const seen=Object.create(null);return new Proxy({},{get:()=>0,set:(_,key)=>{if(!seen[key]){seen[key]=true;$tell(prefix+key)}return true}})};
const $branches=()=>{const made=Object.create(null);return new Proxy({},{get:(_,key)=>made[key]??=$counters("b"+key+".")})};
const $made={s:$counters("s"),f:$counters("f"),b:$branches()};
const ${SCOPE}={__coverage__:new Proxy({},{get:(_,path)=>path in $held?{...$made,hash:$held[path]}:undefined,set:(_,path,data)=>{$held[path]=data.hash;return true}})},$held={};
`
}

interface Position {
  readonly line: number
  readonly column: number
}

/** Where the last call of `$define` stands, counted in lines of what is instrumented. */
function placeOfDefine(code: string): Position {
  const before = code.slice(0, code.lastIndexOf(DEFINE)).split('\n')
  return { line: before.length + 1, column: (before.at(-1) ?? '').length }
}

/** Takes out what the bundler put around the user's modules: whatever contains the call of `$define`. */
function withoutWrapper(data: FileCoverageData, define: Position): FileCoverageData {
  const contains = ({ start, end }: { readonly start: Position; readonly end: Position }): boolean =>
    !isBefore(define, start) && isBefore(define, end)
  const statements = Object.entries(data.statementMap).filter(([, range]) => !contains(range))
  const functions = Object.entries(data.fnMap).filter(([, { loc }]) => !contains(loc))
  return {
    ...data,
    statementMap: Object.fromEntries(statements),
    fnMap: Object.fromEntries(functions),
    s: Object.fromEntries(statements.map(([key]) => [key, 0])),
    f: Object.fromEntries(functions.map(([key]) => [key, 0])),
  }
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column)
}
