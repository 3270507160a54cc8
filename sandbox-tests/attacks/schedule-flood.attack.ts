// As many schedules as a script can declare, each as hard to compute as can be: every one on a day that is decades away.
import { type Attack, ts } from './attack.ts'

export const attack = {
  title: 'schedules that are hard to compute hold nobody up',
  threat: 'schedule',
  source: ts`
  const zones = ['Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns', 'Pacific/Chatham', 'Asia/Kathmandu', 'Africa/Casablanca']
  const every: any = {}
  for (let i = 0; i < 100; i++) every[(i % 60) + ' ' + (i % 24) + ' 29 2 +' + (i % 7)] = { timeZone: zones[i % 6], missed: 'once', jitter: '1h', run: () => i }
  export default { every, on: { attack: () => Object.keys(every).length, normal: (event: any) => event.n + 1 } }`,
  expect: { status: 'ok', value: 100 },
} satisfies Attack
