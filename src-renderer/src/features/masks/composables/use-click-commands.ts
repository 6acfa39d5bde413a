import type { Ref } from 'vue'
import { commandsOf, type Command } from '../../../commands/command.ts'
import { useCommands } from '../../../commands/use-commands.ts'
import type { ClickTool } from '../lib/tools/clicks.ts'
import type { MaskToolId } from '../lib/tools/tool-list.ts'

/** Keys of the clicks on an object: taking it, and taking clicks back. */
export function useClickCommands(chosen: Readonly<Ref<MaskToolId | null>>, tool: ClickTool) {
  const isChosen = () => chosen.value === 'clicks'
  const hasClicks = () => isChosen() && tool.revision.value > 0 && tool.clicks.length > 0
  const command = commandsOf('Correct', hasClicks)
  const [take, back, discard] = useCommands([
    {
      name: 'correct.clicks-take',
      label: 'Take the object that was clicked on',
      group: 'Correct',
      shortcut: 'Enter',
      enabled: () => isChosen() && (tool.found.value?.area ?? 0) > 0,
      reason: () => 'Click on an object first.',
      perform: () => tool.take(),
    },
    command('correct.clicks-back', 'Remove the last click', 'Backspace Ctrl+Z', () => tool.back()),
    command('correct.clicks-discard', 'Discard the clicks', 'Escape', () => tool.cancel()),
  ] as const satisfies readonly Command[])
  return { take, back, discard }
}
