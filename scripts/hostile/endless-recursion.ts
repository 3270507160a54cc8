// Walks a wiki page and everything that it links to, without remembering where it has been. The page links to itself.
// Ends as `stack_exceeded`.
import { defineScript } from 'vivarium/script'

interface Page {
  readonly title: string
  readonly links: Page[]
}

export default defineScript({
  on: {
    gollum: ({ pages }: { pages: { title: string }[] }) => {
      const page: Page = { title: pages[0]?.title ?? 'Home', links: [] }
      page.links.push(page)
      return { pages: countPages(page) }
    },
  },
})

function countPages(page: Page): number {
  return 1 + page.links.map(countPages).reduce((sum, count) => sum + count, 0)
}
