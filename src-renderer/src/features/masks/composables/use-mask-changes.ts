import { useQueryClient } from '@tanstack/vue-query'
import { ref, watch } from 'vue'
import { grow, shrink } from '#shared/masks/edits/grow.ts'
import { fillHoles, invert, keepLargestPart } from '#shared/masks/edits/parts.ts'
import { smooth } from '#shared/masks/edits/smooth.ts'
import { replaceMask, type Mask, type Rectangle } from '#shared/masks/mask.ts'
import { decodeRuns } from '#shared/masks/runs.ts'
import { api, client } from '../../../api/client.ts'
import { explain } from '../../../api/explain.ts'
import type { Command } from '../../../commands/command.ts'
import { editOnce } from '../lib/tools/editing.ts'
import { useCommands } from '../../../commands/use-commands.ts'
import type { MaskEditor } from './use-mask-editor.ts'

/** Changes of the whole mask that take one press, with their keys. */
export function useMaskChanges(options: {
  editor: MaskEditor
  /** How far grow, shrink and smooth reach, in video pixels. */
  reach: () => number
}) {
  const { editor, reach } = options
  const { editing, view } = editor
  const queries = useQueryClient()
  /** What came of the last one, where that needs words. */
  const said = ref('')
  watch(
    () => view.value?.window,
    () => (said.value = ''),
  )
  const canEdit = () => editor.canEdit.value

  function change(label: string, draw: (mask: Mask) => Rectangle) {
    said.value = ''
    editOnce(editing, label, draw)
  }
  async function copyPrevious() {
    const open = view.value?.window
    if (!open) return
    said.value = ''
    const { videoId, start } = open
    const windows = await queries.fetchQuery(
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

  const commands = useCommands([
    {
      name: 'correct.grow',
      label: 'Grow',
      group: 'Correct',
      shortcut: 'Shift+G',
      enabled: canEdit,
      perform: () => change('grow', (mask) => grow(mask, reach())),
    },
    {
      name: 'correct.shrink',
      label: 'Shrink',
      group: 'Correct',
      shortcut: 'Shift+S',
      enabled: canEdit,
      perform: () => change('shrink', (mask) => shrink(mask, reach())),
    },
    {
      name: 'correct.smooth',
      label: 'Smooth',
      group: 'Correct',
      shortcut: 'Shift+O',
      enabled: canEdit,
      perform: () => change('smooth', (mask) => smooth(mask, reach())),
    },
    {
      name: 'correct.holes',
      label: 'Fill holes',
      group: 'Correct',
      shortcut: 'H',
      enabled: canEdit,
      perform: () => change('fill holes', fillHoles),
    },
    {
      name: 'correct.largest',
      label: 'Only the largest part',
      group: 'Correct',
      shortcut: 'Shift+L',
      enabled: canEdit,
      perform: () => change('only the largest part', keepLargestPart),
    },
    {
      name: 'correct.invert',
      label: 'Invert',
      group: 'Correct',
      shortcut: 'I',
      enabled: canEdit,
      perform: () => change('invert', invert),
    },
    {
      name: 'correct.copy',
      label: 'Copy from the previous clip',
      group: 'Correct',
      shortcut: 'C',
      enabled: canEdit,
      perform: () => void copyPrevious().catch((error) => (said.value = explain(error).fact)),
    },
    {
      name: 'correct.reset',
      label: 'Reset to FAME',
      group: 'Correct',
      shortcut: 'Shift+R',
      enabled: () => canEdit() && view.value?.hasOwnMask === true,
      perform: () => editor.reset(),
    },
  ] as const satisfies readonly Command[])
  return { commands, said }
}
