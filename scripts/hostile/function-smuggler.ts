// Hands the application a function, hoping that it will be called outside the sandbox. Only plain data leaves it.
// Ends as `exception` with the code RESULT_NOT_PLAIN and the place: value.undo.
import { defineScript } from 'vivarium/script'

export default defineScript({
  on: {
    'star.created': ({ sender }: { sender: { login: string } }) => ({
      thanks: sender.login,
      undo: () => 'anything at all',
    }),
  },
})
