// Turns every kind of security alert that GitHub sends into one kind of issue, and asks for attention when it is serious.
import { defineScript, type ScriptContext } from 'vivarium/script'
import { type Delivery, repositoryOf } from '../lib/github.ts'
import { bullets, paragraphs, plain } from '../lib/markdown.ts'
import { WARNING, warningOf } from '../lib/warnings.ts'
import { type Alert, fromAdvisory, fromDependabot, fromRepositoryAlert } from './alert.ts'

/** From harmless to urgent. GitHub says both "medium" and "moderate". */
const SEVERITIES = ['low', 'medium', 'moderate', 'high', 'critical']

export default defineScript({
  name: 'Dependency alerts',
  needs: { events: [WARNING] },
  on: {
    'dependabot_alert.created': (delivery, ctx) => report(fromDependabot(delivery), delivery, ctx),
    'repository_vulnerability_alert.create': (delivery, ctx) => report(fromRepositoryAlert(delivery), delivery, ctx),
    'security_advisory.published': (delivery, ctx) => report(fromAdvisory(delivery), delivery, ctx),
  },
})

async function report(alert: Alert, delivery: Delivery, ctx: ScriptContext<'events'>) {
  const isUrgent = SEVERITIES.indexOf(alert.severity) >= SEVERITIES.indexOf('high')
  if (isUrgent) {
    ctx.log.warn('urgent alert', { id: alert.id, repository: repositoryOf(delivery) })
    await ctx.events.emit(WARNING, warningOf(`${alert.severity} vulnerability ${alert.id}`, delivery))
  }
  const affected = alert.affected.map(({ name, range, fixedIn }) => {
    return `${plain(name)} ${plain(range)}: ${fixedIn === undefined ? 'no fix yet' : `update to ${plain(fixedIn)}`}`
  })
  return {
    issue: {
      title: `[${alert.severity}] ${alert.id}: ${alert.affected[0]?.name ?? 'a dependency'}`,
      body: paragraphs(plain(alert.summary), bullets(affected)),
      labels: ['security', ...(isUrgent ? ['priority/high'] : [])],
    },
  }
}
