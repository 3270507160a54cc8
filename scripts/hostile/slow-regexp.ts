// A harmless-looking pattern for "words and spaces only". On a text that almost fits, it tries every way to cut it into words:
// with each further letter twice as many.
// Ends as `cpu_exceeded`.
import { defineScript } from 'vivarium/script'

const WORDS_ONLY = /^(\s*\w+\s*)*$/

export default defineScript({
  on: {
    'commit_comment.created': ({ comment }: { comment: { body: string } }) => ({ isPlain: WORDS_ONLY.test(comment.body) }),
  },
})
