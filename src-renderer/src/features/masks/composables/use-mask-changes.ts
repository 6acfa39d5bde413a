import { ref, watch } from 'vue'
import { grow, shrink } from '#shared/masks/edits/grow.ts'
import { fillHoles, invert, keepLargestPart } from '#shared/masks/edits/parts.ts'
import { smooth } from '#shared/masks/edits/smooth.ts'
import type { Mask, Rectangle } from '#shared/masks/mask.ts'
import { commandsOf, type Command } from '../../../commands/command.ts'
import { editOnce } from '../lib/tools/editing.ts'
import { useCommands } from '../../../commands/use-commands.ts'
import { useCopiedMask } from './use-copied-mask.ts'
import type { MaskEditor } from './use-mask-editor.ts'

/** Changes of the whole mask that take one press, with their keys. */
export function useMaskChanges(options: {
  editor: MaskEditor
  /** How far grow, shrink and smooth reach, in video pixels. */
  reach: () => number
}) {
  const { editor, reach } = options
  const { editing, view } = editor
  /** What came of the last one, where that needs words. */
  const said = ref('')
  watch(
    () => view.value?.window,
    () => (said.value = ''),
  )
  const canEdit = () => editor.canEdit.value
  const copyPrevious = useCopiedMask(editor, said)

  function change(label: string, draw: (mask: Mask) => Rectangle) {
    said.value = ''
    editOnce(editing, label, draw)
  }
  const command = commandsOf('Correct', canEdit)
  const commands = useCommands([
    command('correct.grow', 'Grow', 'Shift+G', () => change('grow', (mask) => grow(mask, reach()))),
    command('correct.shrink', 'Shrink', 'Shift+S', () =>
      change('shrink', (mask) => shrink(mask, reach())),
    ),
    command('correct.smooth', 'Smooth', 'Shift+O', () =>
      change('smooth', (mask) => smooth(mask, reach())),
    ),
    command('correct.holes', 'Fill holes', 'H', () => change('fill holes', fillHoles)),
    command('correct.largest', 'Keep only the largest part', 'Shift+L', () =>
      change('only the largest part', keepLargestPart),
    ),
    command('correct.invert', 'Invert', 'I', () => change('invert', invert)),
    command('correct.copy', 'Copy from the previous clip', 'C', copyPrevious),
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
