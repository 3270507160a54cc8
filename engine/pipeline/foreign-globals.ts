// Globals that scripts are used to from elsewhere and that the sandbox does not have: what the type-checker and the runtimes say of them is told in our words.

const NODE = new Set('Buffer process global require module exports __dirname __filename setImmediate clearImmediate'.split(' '))
const BROWSERS = new Set(
  'window self document navigator location localStorage sessionStorage indexedDB XMLHttpRequest WebSocket Worker MessageChannel BroadcastChannel Image HTMLElement alert requestAnimationFrame FileReader DOMParser'.split(
    ' ',
  ),
)

/** Where a global is at home; undefined for any other name. */
export function homeOfGlobal(name: string): 'node' | 'browsers' | undefined {
  if (NODE.has(name)) return 'node'
  return BROWSERS.has(name) ? 'browsers' : undefined
}
