// Reads whatever page a label names, and somebody has made a label with dots and slashes. Below a folder there is no way up.
// Ends as `exception` with the code FILE_PATH_INVALID.
import { defineScript } from 'vivarium/script'

export default defineScript({
  needs: { files: ['reports'] },
  on: {
    'label.deleted': async ({ label }: { label: { name: string } }, ctx) => ({
      page: await ctx.files.readText(`reports/${label.name}/../../../etc/passwd`),
    }),
  },
})
