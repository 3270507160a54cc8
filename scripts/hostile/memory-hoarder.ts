// Prepares a picture of every fork in memory, one buffer after the other, and never lets go of one. Catching the error does not help.
// Ends as `memory_exceeded`.
import { defineScript } from 'vivarium/script'

export default defineScript({
  on: {
    fork: () => {
      const pictures: Uint8Array[] = []
      try {
        for (let fork = 0; fork < 10_000; fork++) pictures.push(new Uint8Array(256 * 1024).fill(255))
      } catch {
        return { pictures: pictures.length, survived: true }
      }
      return { pictures: pictures.length }
    },
  },
})
