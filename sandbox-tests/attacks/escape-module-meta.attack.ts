// import.meta and require: what a module of Node would have.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'code made at run time has neither import.meta nor require',
  threat: 'escape-module',
  source: script(ts`() => {
  const found: string[] = []
  for (const text of ['import.meta.url', 'require("fs")', 'module.require("fs")', 'process.binding("fs")', 'process.mainModule', 'exports', '__filename', '__dirname', 'globalThis.process', 'Deno', 'Bun']) {
    try { const value = (0, eval)(text); if (value !== undefined) found.push(text) } catch {}
    try { const value = new Function('return ' + text)(); if (value !== undefined) found.push(text) } catch {}
  }
  return found.join() || 'safe'
}`),
  expect: { status: 'ok', value: 'safe' },
} satisfies Attack
