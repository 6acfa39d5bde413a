import type { Ref } from 'vue'
import { commandsOf, type Command } from '../../../commands/command.ts'
import { useCommands } from '../../../commands/use-commands.ts'
import type { PolygonTool } from '../lib/tools/polygon.ts'
import { maskTools, type MaskToolId } from '../lib/tools/tool-list.ts'

/** Keys that take a tool up, or put it away again. */
export function useToolCommands(options: {
  chosen: Readonly<Ref<MaskToolId | null>>
  choose: (id: MaskToolId | null) => void
  hasWindow: () => boolean
}) {
  const { chosen, choose } = options
  const command = commandsOf('Correct', options.hasWindow)
  return useCommands(
    maskTools.map(({ id, label, shortcut }) =>
      command(`correct.${id}`, label, shortcut, () => choose(chosen.value === id ? null : id)),
    ),
  )
}

/** Keys of the tool that is taken up. */
export function useTakenToolCommands(options: {
  chosen: Readonly<Ref<MaskToolId | null>>
  putAway: () => void
  /** Makes brush and eraser larger, or smaller. */
  resize: (larger: boolean) => void
  polygon: PolygonTool
}): void {
  const { chosen, resize, polygon } = options
  const isBrush = () => chosen.value === 'brush' || chosen.value === 'eraser'
  const brush = commandsOf('Correct', isBrush)
  const corners = () => (chosen.value === 'polygon' ? polygon.revision.value : 0)
  const hasCorners = commandsOf('Correct', () => corners() > 0)
  useCommands([
    brush('correct.smaller', 'Smaller brush', '[', () => resize(false)),
    brush('correct.larger', 'Larger brush', ']', () => resize(true)),
    {
      name: 'correct.put-away',
      label: 'Deselect the tool',
      group: 'Correct',
      shortcut: 'Escape',
      enabled: () => chosen.value !== null,
      perform: options.putAway,
    },
    {
      name: 'correct.close-polygon',
      label: 'Close the polygon',
      group: 'Correct',
      shortcut: 'Enter',
      enabled: () => corners() > 2,
      perform: () => polygon.close(),
    },
    hasCorners('correct.polygon-back', 'Remove the polygon’s last corner', 'Backspace', () =>
      polygon.back(),
    ),
    hasCorners('correct.polygon-cancel', 'Discard the polygon', 'Escape', () => polygon.cancel()),
  ] as const satisfies readonly Command[])
}
