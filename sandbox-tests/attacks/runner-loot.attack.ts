// What somebody who broke out of a runtime would find in its process: environment, arguments, files, limits.
import { findBusyChildRunner, lookAt, untilChildRunnersRest } from '../harness/child-runners.ts'
import { type Attack, script, ts } from './attack.ts'
import { NO_PROCESS } from './runner-skips.ts'

export const attack = {
  title: 'a runner’s process has no environment, no files of the host, no core dumps and a session of its own',
  threat: 'runner',
  source: script(ts`() => { for (;;); }`),
  policy: { limits: { cpu: '3s' } },
  isAlone: true,
  skip: NO_PROCESS,
  act: async ({ fire }) => {
    await untilChildRunnersRest()
    const run = fire()
    const pid = await findBusyChildRunner()
    const { environment, command, limits, session, files, peakMiB } = lookAt(pid)
    const outcome = await run
    const names = environment.split('\0').flatMap((line) => (line === '' ? [] : [line.split('=')[0]]))
    if (names.some((name) => !['TZ', 'PWD', 'SHLVL', '_', 'OLDPWD'].includes(String(name)))) throw new Error(`environment: ${names.join()}`)
    if (command.trim() !== 'vivarium-runner') throw new Error(`arguments: ${command}`)
    if (!/^Max core file size +0 +0/m.test(limits)) throw new Error(limits)
    if (Number(/^Max open files +(\d+)/m.exec(limits)?.[1]) > 256) throw new Error(limits)
    if (session !== String(pid)) throw new Error(`its session is ${session}`)
    const odd = files.filter((file) => !/^(pipe|socket|anon_inode):|^\/dev\/(null|urandom)$|deleted\)$|vivarium/.test(file))
    if (odd.length > 0) throw new Error(`files: ${odd.join()}`)
    if (peakMiB > 512) throw new Error(`${peakMiB} MiB`)
    return [outcome]
  },
  expect: { status: 'cpu_exceeded' },
} satisfies Attack
