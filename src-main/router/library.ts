import { implement } from '@orpc/server'
import { contract } from '#shared/contract/contract.ts'
import type { Workbench } from '../workbench.ts'

/** What may be asked about the videos of the library, over one workbench. */
export function libraryHandlers({ library, tagging }: Workbench) {
  const os = implement(contract.library)
  return {
    get: os.get.handler(({ input }) => library.get(input.id)),
    page: os.page.handler(({ input }) => library.page(input)),
    facets: os.facets.handler(({ input }) => library.facets(input)),
    ids: os.ids.handler(async ({ input: { first, last, ...view } }) => {
      const ids = await library.ids(view)
      return ids.subarray(first, last === undefined ? undefined : last + 1)
    }),
    tag: os.tag.handler(({ input }) => tagging.edit(input)),
    undo: os.undo.handler(() => tagging.step('undo')),
    redo: os.redo.handler(() => tagging.step('redo')),
    history: os.history.handler(() => tagging.history()),
  }
}
