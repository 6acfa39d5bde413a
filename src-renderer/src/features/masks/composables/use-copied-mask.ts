import { useQueryClient } from '@tanstack/vue-query'
import type { Ref } from 'vue'
import { replaceMask } from '#shared/masks/mask.ts'
import { decodeRuns } from '#shared/masks/runs.ts'
import { api, client } from '../../../api/client.ts'
import { explain } from '../../../api/explain.ts'
import { editOnce } from '../lib/tools/editing.ts'
import type { MaskEditor } from './use-mask-editor.ts'

/**
 * Copies the mask of the clip before the open one in the same video.
 * @param said gets what came of it, in words
 */
export function useCopiedMask({ editing, view }: MaskEditor, said: Ref<string>) {
  const queries = useQueryClient()
  async function copy() {
    const open = view.value?.window
    if (!open) return
    said.value = ''
    const { videoId, start } = open
    const windows = await queries.query(
      api.masks.windows.queryOptions({ input: { videoId }, staleTime: 0 }),
    )
    const previous = windows
      .filter((window) => window.start < start && window.origin !== null)
      .sort((a, b) => b.start - a.start)[0]
    const found = previous && (await client.masks.window(previous))
    if (view.value?.window !== open) return
    if (!found?.mask) {
      said.value = 'No earlier clip of this video has a mask of its own.'
      return
    }
    const { mask } = found
    editOnce(editing, `copy from frame ${found.window.start}`, (own) =>
      replaceMask(own, decodeRuns(mask, own.data.length)),
    )
    said.value = `Copied from the clip at frame ${found.window.start}.`
  }
  return () => void copy().catch((error: unknown) => (said.value = explain(error).fact))
}
