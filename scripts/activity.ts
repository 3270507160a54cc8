// One line for every event. A script can be just a function: it is called for each event that there is.
import type { ScriptContext } from 'vivarium/script'
import { type Delivery, repositoryOf } from './lib/github.ts'

export default (delivery: Delivery, ctx: ScriptContext) => {
  const [noun = '', verb] = ctx.event.replaceAll('_', ' ').split('.')
  const who = delivery.sender?.login ?? 'Somebody'
  return verb === undefined ? `${who}: ${noun} in ${repositoryOf(delivery)}` : `${who} ${verb} a ${noun} in ${repositoryOf(delivery)}`
}
