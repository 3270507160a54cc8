// Why a process ended: what may be told to everybody, and who is to blame.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { diagnose } from '../../engine/placement/crash-diagnosis.ts'

test('a heap that is full is the fault of what was computed', () => {
  const stderr = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n 1: 0x931d /opt/secret/node'
  for (const end of [
    { code: null, signal: 'SIGABRT' as const, stderr },
    { code: 134, signal: null, stderr },
    { code: null, signal: 'SIGTRAP' as const, stderr: '# Fatal process out of memory: Zone' },
    { code: null, signal: 'SIGABRT' as const, stderr: '<--- Last few GCs --->\n\nCALL_AND_RETRY_LAST\nis_heap_oom = 1\n/opt/secret' },
  ]) {
    const { reason, blame, isFromOutside } = diagnose(end)
    assert.is(blame, 'memory_exceeded')
    assert.not(isFromOutside)
    assert.match(reason, /out of memory/)
    assert.not.match(reason, /secret/, 'what the process wrote is not for everybody')
  }
})

test('a broken engine is the fault of what was computed; what a signal from outside ended is not', () => {
  for (const signal of ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGABRT', 'SIGFPE', 'SIGTRAP', 'SIGXFSZ'] as const) {
    assert.equal(diagnose({ code: null, signal, stderr: '' }), {
      reason: `the JavaScript engine broke down: the process was ended by ${signal}`,
      isFromOutside: false,
      blame: 'runner_lost',
    })
  }
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    const { blame, isFromOutside } = diagnose({ code: null, signal, stderr: 'out of memory, says somebody' })
    assert.is(blame, undefined)
    assert.ok(isFromOutside)
  }
  assert.equal(diagnose({ code: 7, signal: null, stderr: '' }).reason, 'the process ended with code 7')
})

test.run()
