// Rules on the text of the source that no linter knows: where time, chance, errors, the console and placement names may stand.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readCode, readLinesWithoutComments } from '../harness/code-only.ts'
import { expectNone } from '../harness/expect-none.ts'
import { listSources, readText } from '../harness/source-files.ts'
import { isIn } from './layers.ts'

interface Rule {
  readonly title: string
  readonly directories: readonly string[]
  /** What the code must not hold. */
  readonly forbidden: RegExp
  /** Whether the pattern looks at strings, which stand in double quotes; else they are empty. */
  readonly readsStrings?: true
  /** File or folder → why it is different there. */
  readonly except: Readonly<Record<string, string>>
}

const GUEST = { 'engine/sandbox/guest/': 'evaluated inside the sandbox: its clock, its chance, its errors' }

const RULES: readonly Rule[] = [
  {
    title: 'time and chance are handed in',
    directories: ['engine', 'bindings'],
    forbidden: /\b(Date\.now|Math\.random|performance\.now)\b|\bnew Date\(\)/,
    except: {
      ...GUEST,
      'engine/options.ts': 'the defaults of the options "clock" and "random"',
      'bindings/system-clock.ts': 'the default clock of bindings',
      'engine/observe/host-sources.ts': 'stands in for a clock or a randomness of the host that fails',
      'engine/sandbox/': 'limits and timers are about real time, whatever clock the script sees',
      'engine/dispatch/live-run.ts': 'the wall clock of a run is about real time',
      'engine/dispatch/host-calls.ts': 'tells what is left of the wall clock of a run',
      'engine/placement/': 'deadlines, silence and pauses are about real time',
      'engine/runner/': 'deadlines and timers are about real time',
      'engine/schedule/scheduler.ts': 'how long it holds the host up is about real time',
    },
  },
  {
    title: 'errors come from the table of codes',
    directories: ['engine', 'bindings'],
    forbidden: /\bnew (?!EngineError)([A-Z]\w*)?Error\(/,
    except: { ...GUEST, 'engine/testing/': 'evaluated inside the sandbox of a test: errors of its own' },
  },
  {
    title: 'nothing writes to the console',
    directories: ['engine', 'bindings'],
    forbidden: /\bconsole\.\w+/,
    except: GUEST,
  },
  {
    title: 'only the gate calls the handler of a binding',
    directories: ['engine', 'bindings', 'cli'],
    forbidden: /\.handler\??\.?(call|apply)?\(/,
    except: { ...GUEST, 'bindings/gate.ts': 'the one door' },
  },
  {
    // To QuickJS each is a call of `concat` by its name, which scripts can replace: the replaced one would write the sandbox's own text.
    title: 'the bootstrap holds no template literals',
    directories: ['engine/sandbox/guest'],
    forbidden: /`/,
    except: {
      'engine/sandbox/guest/packs.ts': 'evaluated outside',
      'engine/sandbox/guest/packs/': 'what a pack makes goes to the script that asked for it',
      'engine/sandbox/guest/guest-source.ts': 'evaluated outside',
    },
  },
  {
    title: 'nobody asks which placement it is',
    directories: ['engine', 'bindings', 'cli'],
    readsStrings: true,
    forbidden: /[!=]==? "(inline|thread|process)"|"(inline|thread|process)" [!=]==?|\bcase "(inline|thread|process)":/,
    except: {
      'engine/pools/': 'where placements are made',
      'engine/options.ts': 'reads the option',
      'engine/policy/': 'reads and checks the key "placement" of the policy',
    },
  },
]

for (const rule of RULES) {
  test(rule.title, () => {
    const found = listSources(...rule.directories)
      .filter((file) => !isIn(file, Object.keys(rule.except)))
      .flatMap((file) => findLines(readText(file), rule).map((line) => `${file}: ${line.trim()}`))
    expectNone(found, 'Found where it may not be')
  })
}

test('every exception to a rule is still needed', () => {
  const files = listSources('engine', 'bindings', 'cli')
  const unused = RULES.flatMap((rule) =>
    Object.keys(rule.except)
      .filter((part) => files.includes(part) && findLines(readText(part), rule).length === 0)
      .map((part) => `${part}: ${rule.title}`),
  )
  expectNone(unused, 'Exceptions to take out of sandbox-tests/repo/rules.test.ts')
})

test('each "any" has a comment that says why', () => {
  const found = listSources('engine', 'bindings', 'cli').flatMap((file) => {
    const source = readText(file).split('\n')
    return readLinesWithoutComments(readText(file)).flatMap((line, index) => {
      const isAny = /(:|<|\||&|,|\bas|=>)\s*any\b/.test(line) && !/(['"`]).*\bany\b.*\1/.test(line)
      const isExplained = source[index] !== line || /^\s*(\/\/|\*|\/\*)/.test(source[index - 1] ?? '')
      return isAny && !isExplained ? [`${file}:${index + 1}: ${line.trim()}`] : []
    })
  })
  expectNone(found, '"any" without a reason')
})

test('no test file runs only some of its tests', () => {
  const found = listSources('sandbox-tests').filter((file) =>
    /\b\w+\.only\(/.test(readCode(readText(file)).replace(/"[^"]*"|`[^`]*`/g, '')),
  )
  expectNone(found, 'Files with test.only')
})

test('the rules find what they forbid', () => {
  const sample = [
    'const now = () => Date.now()',
    "throw new Error('x')",
    'console.log(1)',
    'method.handler(call)',
    'const text = `a`',
    "if (placement === 'inline') run()",
  ]
  for (const [index, rule] of RULES.entries()) {
    assert.is(findLines(sample.join('\n'), rule).length, 1, `${sample[index]} by "${rule.title}"`)
  }
  for (const rule of RULES)
    assert.equal(findLines("// Date.now()\n/* console.log() */ export const text = 'new Error() Math.random'", rule), [])
})

/** The lines of code that a rule forbids. */
function findLines(source: string, { forbidden, readsStrings }: Rule): string[] {
  const code = readCode(source)
  const read = readsStrings ? code : code.replace(/"(?:[^"\\\n]|\\.)*"/g, '""')
  return read.split('\n').filter((line) => !/^\s*(\/\/|\/?\*)/.test(line) && forbidden.test(line))
}

test.run()
