import type { Ref } from 'vue'
import type { MaskState } from '#shared/contract/mask-windows.ts'
import { farCommand } from '../../../commands/catalogue.ts'
import { commandsOf, type Command } from '../../../commands/command.ts'
import { useCommands } from '../../../commands/use-commands.ts'
import type { BulkDecisions } from './use-bulk-decisions.ts'
import type { MaskEditor } from './use-mask-editor.ts'
import type { ReviewQueue } from './use-review-queue.ts'
import type { WindowSelection } from './use-window-selection.ts'

/** Deciding: approve, reject, back to untouched, in this order. */
export function useDecisionCommands(decide: (state: MaskState) => void, canDecide: () => boolean) {
  const command = commandsOf('Review', canDecide)
  return useCommands([
    command('review.approve', 'Approve', 'A', () => decide('approved')),
    command('review.reject', 'Reject', 'X', () => decide('rejected')),
    command('review.untouched', 'Reset to untouched', 'Shift+A', () => decide('untouched')),
  ])
}

/** Undoing and redoing edits of the open window. */
export function useEditCommands({ view, undo, redo }: MaskEditor) {
  const [undoCommand, redoCommand] = useCommands([
    {
      name: 'review.undo',
      label: 'Undo in this clip',
      group: 'Correct',
      shortcut: 'Ctrl+Z',
      enabled: () => Boolean(view.value?.history.undo),
      perform: undo,
    },
    {
      name: 'review.redo',
      label: 'Redo in this clip',
      group: 'Correct',
      shortcut: 'Ctrl+Shift+Z Ctrl+Y',
      enabled: () => Boolean(view.value?.history.redo),
      perform: redo,
    },
  ] as const satisfies readonly Command[])
  return { undo: undoCommand, redo: redoCommand }
}

/** Decisions on all chosen windows at once. */
export function useBulkCommands(options: {
  bulk: BulkDecisions
  selection: WindowSelection
  /** The beta in sight. */
  beta: () => number
}) {
  const { bulk, selection, beta } = options
  const [setBeta, undoBulk] = useCommands([
    {
      name: 'review.beta',
      label: 'Set β of the selected clips',
      group: 'Review',
      shortcut: 'Shift+B',
      enabled: () => selection.chosen.value.size > 0 && !bulk.running.value,
      perform: () => void bulk.decide([...selection.chosen.value.values()], { beta: beta() }),
    },
    {
      name: 'review.undo-bulk',
      label: 'Undo the last decision on many clips',
      group: 'Review',
      shortcut: 'Ctrl+Alt+Z',
      enabled: () => bulk.last.value !== null && !bulk.running.value,
      perform: () => void bulk.undo(),
    },
  ] as const satisfies readonly Command[])
  return { setBeta, undoBulk }
}

/** Going through the list, and showing it. */
export function useQueueCommands(options: {
  go: (by: 1 | -1) => void
  hasList: () => boolean
  panelOpen: Ref<boolean>
}) {
  const { go, hasList, panelOpen } = options
  const [next, previous, panel] = useCommands([
    {
      ...farCommand('review.next'),
      shortcut: 'N',
      enabled: hasList,
      perform: () => go(1),
    },
    {
      name: 'review.previous',
      label: 'Previous clip in the queue',
      group: 'Review',
      shortcut: 'Shift+N',
      enabled: hasList,
      perform: () => go(-1),
    },
    {
      ...farCommand('review.panel'),
      shortcut: 'Shift+Q',
      perform: () => (panelOpen.value = !panelOpen.value),
    },
  ] as const satisfies readonly Command[])
  return { next, previous, panel }
}

/** Choosing windows of the list. */
export function useSelectionCommands(options: {
  editor: MaskEditor
  queue: ReviewQueue
  selection: WindowSelection
  panelOpen: Readonly<Ref<boolean>>
}): void {
  const { editor, queue, selection, panelOpen } = options
  const { view } = editor
  useCommands([
    {
      name: 'review.choose',
      label: 'Select or deselect this clip',
      group: 'Review',
      shortcut: 'Shift+C',
      enabled: () => view.value !== null && queue.index.value >= 0,
      perform: () => view.value && selection.toggle(view.value.window),
    },
    {
      name: 'review.all',
      label: 'Select the whole queue',
      group: 'Review',
      shortcut: 'Ctrl+A',
      enabled: () => panelOpen.value && queue.total.value > 0,
      perform: selection.all,
    },
    {
      name: 'review.clear',
      label: 'Clear selection',
      group: 'Review',
      shortcut: 'Escape',
      enabled: () => selection.chosen.value.size > 0,
      perform: selection.clear,
    },
  ] as const satisfies readonly Command[])
}
