// Says so when somebody changes who may do what: the events that nobody looks at until it is too late. Whoever handles warnings hears of it.
import { defineScript, type ScriptContext } from 'vivarium/script'
import { type Delivery, isDefaultBranch, type PushDelivery, repositoryOf } from './lib/github.ts'
import { WARNING, warningOf } from './lib/warnings.ts'

interface KeyDelivery extends Delivery {
  readonly key: { readonly title: string; readonly read_only?: boolean }
}

interface RuleDelivery extends Delivery {
  readonly rule: { readonly name: string }
  readonly changes?: object
}

interface MemberDelivery extends Delivery {
  readonly member: { readonly login: string }
  readonly changes?: { readonly permission?: { readonly to?: string } }
}

export default defineScript({
  name: 'Repository guard',
  needs: { events: [WARNING] },
  on: {
    // A higher priority runs before the other scripts that listen to the same event.
    push: {
      priority: 10,
      run: (delivery: PushDelivery, ctx) =>
        delivery.forced && isDefaultBranch(delivery) ? alert(`force push to ${delivery.ref}`, delivery, ctx) : undefined,
    },
    'branch_protection_rule.deleted': ({ rule, ...delivery }: RuleDelivery, ctx) =>
      alert(`the branch "${rule.name}" is no longer protected`, delivery, ctx),
    'branch_protection_rule.edited': ({ rule, changes = {}, ...delivery }: RuleDelivery, ctx) =>
      alert(`the protection of "${rule.name}" changed: ${Object.keys(changes).join(', ')}`, delivery, ctx),
    'deploy_key.created': ({ key, ...delivery }: KeyDelivery, ctx) =>
      alert(`a new deploy key "${key.title}" can ${key.read_only ? 'read' : 'read and write'}`, delivery, ctx),
    'member.added': ({ member, changes, ...delivery }: MemberDelivery, ctx) =>
      alert(`${member.login} can now ${changes?.permission?.to ?? 'write'}`, delivery, ctx),
    'repository.publicized': (delivery: Delivery, ctx) => alert('the repository is public now', delivery, ctx),
    'repository.transferred': (delivery: Delivery, ctx) => alert('the repository has a new owner', delivery, ctx),
  },
})

async function alert(what: string, delivery: Delivery, ctx: ScriptContext<'events'>) {
  const by = delivery.sender?.login ?? 'somebody'
  ctx.log.warn(what, { repository: repositoryOf(delivery), by })
  await ctx.events.emit(WARNING, warningOf(`${what} (by ${by})`, delivery))
  return { alert: `${repositoryOf(delivery)}: ${what} (by ${by})` }
}
