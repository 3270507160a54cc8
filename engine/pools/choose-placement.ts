// Where the two axes meet on the host: a placement for each combination of runtime and place.
import { processPlacement } from '../placement/child-process.ts'
import { inlinePlacement } from '../placement/inline.ts'
import type { Placement } from '../placement/placement.ts'
import { threadPlacement } from '../placement/worker-thread.ts'
import type { ScriptHome } from '../policy/script-home.ts'
import type { ImageArena } from '../sandbox/image-arena.ts'
import { makeBase } from '../sandbox/quickjs/base.ts'
import { compileBuild } from '../sandbox/quickjs/build.ts'
import { createQuickJsSandbox } from '../sandbox/quickjs/quickjs-sandbox.ts'

/** A placement, and how many of its runners serve events. */
export interface ChosenPlacement {
  readonly placement: Placement
  readonly runners: number
}

/** Makes the placement of a home. `arena` is where the host keeps images. */
export function choosePlacement(home: ScriptHome, arena: ImageArena, workers: number): ChosenPlacement {
  switch (home.placement) {
    case 'inline': {
      const base = makeBase()
      return { placement: inlinePlacement((marker) => createQuickJsSandbox({ base, arena: arena.memory }, marker)), runners: 1 }
    }
    case 'thread':
      return { placement: threadPlacement({ module: compileBuild(), arena: arena.memory }), runners: workers }
    case 'process': {
      const { runtime, jit } = home
      return { placement: processPlacement({ runtime, arena: arena.memory, jitless: !jit }), runners: workers }
    }
  }
}
