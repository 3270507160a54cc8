// What one script wants everybody to know becomes an event of its own. Who acts on it, here the notifier, is none of the first script's business.
import { type Delivery, repositoryOf } from './github.ts'

/** The event: `needs: { events: [WARNING] }`. */
export const WARNING = 'warning.raised'

export interface Warning extends Delivery {
  readonly title: string
}

/** Says what happened, where, and who did it; nothing else of a delivery goes on. */
export function warningOf(title: string, delivery: Delivery): Warning {
  const { sender } = delivery
  return { title, repository: { full_name: repositoryOf(delivery) }, ...(sender && { sender: { login: sender.login } }) }
}
