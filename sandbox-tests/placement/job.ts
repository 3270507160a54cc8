// A job for a supervisor without an engine around it: says what becomes of it in one word.
import { DEFAULT_LIMITS } from '../../engine/model/limits.ts'
import type { Job } from '../../engine/placement/supervisor.ts'
import type { RunMessage } from '../../engine/runner/protocol.ts'
import type { ImageRef } from '../../engine/sandbox/image.ts'
import { NOW_MS, SEED } from '../harness/cells.ts'

/** What became of a job. */
export interface JobEnd {
  readonly how: string
  readonly reason?: string
}

/** A job, and what becomes of it. */
export function makeJob(
  image: ImageRef,
  { key = 'key', payload = 'null', wallMs = 60_000, cpuMs = 1_000, memoryBytes = DEFAULT_LIMITS.memoryBytes } = {},
): { job: Job; end: Promise<JobEnd> } {
  const { promise, resolve } = Promise.withResolvers<JobEnd>()
  const limits = { ...DEFAULT_LIMITS, cpuMs, memoryBytes }
  const end = (how: string, reason?: string): void => resolve(reason === undefined ? { how } : { how, reason })
  const job: Job = {
    state: '',
    script: 'script',
    standing: 'shared',
    wallDeadline: performance.now() + wallMs,
    message: (id, wall, now): RunMessage => ({
      kind: 'run',
      id,
      key,
      image,
      event: 'go',
      runId: `run-${id}`,
      payload,
      limits,
      wallMs: wall,
      now: now || NOW_MS,
      seed: SEED,
      roomBytes: limits.memoryBytes,
      state: '',
    }),
    onCall: () => end('called'),
    onEnd: ({ status }) => end(status),
    onKilled: (status, { reason }) => end(`killed: ${status}`, reason),
    onLost: (reason) => end('lost', reason),
    onExpired: () => end('expired'),
    onCancelled: () => end('cancelled'),
    onRefused: () => end('refused'),
    onSuspected: () => undefined,
  }
  return { job, end: promise }
}
