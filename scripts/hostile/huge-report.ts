// Returns everything that it knows, many times over, and leaves it to the application to pick.
// Ends as `output_exceeded`.
import { defineScript } from 'vivarium/script'

export default defineScript({
  on: {
    'label.created': (delivery: object) => ({ report: Array.from({ length: 100 }, (_, page) => ({ page, ...delivery })) }),
  },
})
