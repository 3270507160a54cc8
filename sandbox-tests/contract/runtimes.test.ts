// Every runtime, held against the seam `Sandbox`.
import { createQuickJsSandbox } from '../../engine/sandbox/quickjs/quickjs-sandbox.ts'
import { skip } from '../harness/engines.ts'
import { sandboxContract } from './sandbox-contract.ts'

sandboxContract({ name: 'quickjs', create: (marker) => createQuickJsSandbox({}, marker) }).run()
skip('runtime v8', 'this version has the runtime quickjs')
