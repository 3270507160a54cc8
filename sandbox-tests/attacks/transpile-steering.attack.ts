// Files beside the script that steer a transpiler or a resolver.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'configuration beside a script steers nothing',
  threat: 'transpile',
  source: {
    main: script(
      ts`() => { class A { x = this.y; declare y: any; constructor(y: any) { this.y = y } } ; return [typeof (globalThis as any).pwned, new A(1).x] }`,
      { top: `import { one } from './lib/one.ts'\none` },
    ),
    'lib/one.ts': 'export const one = 1',
    'tsconfig.json': '{"compilerOptions":{"paths":{"*":["/etc/*"]},"jsxFactory":"pwn","target":"es3"},"extends":"/etc/passwd"}',
    'lib/tsconfig.json': '{"extends":"../../../../etc/passwd"}',
    'package.json':
      '{"main":"/etc/passwd","imports":{"#x":"/etc/passwd"},"browser":{"./lib/one.ts":"/etc/passwd"},"type":"commonjs","sideEffects":false}',
    'lib/package.json': '{"browser":{"./one.ts":"/etc/passwd"}}',
  },
  expect: { status: 'ok', value: ['undefined', undefined] },
} satisfies Attack
