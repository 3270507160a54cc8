// What these scripts read of GitHub's payloads. A payload has much more, and now and then less: that is why so much is optional here.
// Events have GitHub's names, with the action where there is one: `push`, `issues.opened`, `pull_request.closed`.

export interface User {
  readonly login: string
  readonly type?: string
}

export interface Repository {
  readonly full_name: string
  readonly default_branch?: string
}

/** What every delivery may have. */
export interface Delivery {
  readonly action?: string
  readonly sender?: User
  readonly repository?: Repository
  readonly organization?: { readonly login: string }
}

/** What issues and pull requests have in common. */
export interface Issue {
  readonly number: number
  readonly title: string
  readonly body?: string | null
  readonly user?: User | null
  readonly labels?: readonly { readonly name: string }[]
  readonly author_association?: string
}

export interface PullRequest extends Issue {
  readonly draft?: boolean
  readonly merged?: boolean
  readonly additions?: number
  readonly deletions?: number
  readonly changed_files?: number
  readonly updated_at?: string
  readonly requested_reviewers?: readonly User[]
  readonly requested_teams?: readonly { readonly name: string }[]
}

export interface Commit {
  readonly id: string
  readonly message: string
  readonly author?: { readonly name: string; readonly username?: string }
}

export interface IssueDelivery extends Delivery {
  readonly issue: Issue
}

export interface PullRequestDelivery extends Delivery {
  readonly pull_request: PullRequest
}

export interface PushDelivery extends Delivery {
  readonly ref: string
  readonly forced?: boolean
  readonly commits?: readonly Commit[]
}

/** `owner/name`, also where GitHub sends no repository. */
export function repositoryOf(delivery: Delivery): string {
  return delivery.repository?.full_name ?? delivery.organization?.login ?? 'GitHub'
}

/** Whether a push went to the branch that everybody works from. */
export function isDefaultBranch({ ref, repository }: PushDelivery): boolean {
  return ref === `refs/heads/${repository?.default_branch ?? 'main'}`
}

/** Whether a program wrote it. */
export function isBot(user: User | null | undefined): boolean {
  return user?.type === 'Bot' || user?.login.endsWith('[bot]') === true
}

/** Whether the author belongs to the people who run the repository. */
export function isMaintainer({ author_association }: Issue): boolean {
  return ['OWNER', 'MEMBER', 'COLLABORATOR'].includes(author_association ?? 'NONE')
}

export function labelsOf({ labels }: Issue): string[] {
  return (labels ?? []).map(({ name }) => name)
}

/** `f95f852`: as much of a commit as people read. */
export function shortSha(sha: string): string {
  return sha.slice(0, 7)
}
