// Every runtime, held against the seam `Sandbox`.
import { createQuickJsSandbox } from '../../engine/sandbox/quickjs/quickjs-sandbox.ts'
import { createV8Sandbox } from '../../engine/sandbox/v8/v8-sandbox.ts'
import { sandboxContract } from './sandbox-contract.ts'

sandboxContract({ name: 'quickjs', create: (marker) => createQuickJsSandbox({}, marker) })
sandboxContract({
  name: 'v8',
  create: (marker) => createV8Sandbox({}, marker),
  skip: {
    'a snapshot is adopted by another cell, and both go on by themselves': 'V8 cannot freeze a context: a state lasts as long as its cell',
  },
}).run()
