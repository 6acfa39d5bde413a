import { useStorage } from '@vueuse/core'
import type { MaskOrigin, MaskState } from '#shared/contract/mask-windows.ts'
import type { Command } from '../commands/command.ts'
import { useBulkDecisions } from './use-bulk-decisions.ts'
import { useCommands } from './use-commands.ts'
import type { MaskEditor } from './use-mask-editor.ts'
import type { ReviewQueue } from './use-review-queue.ts'
import { useWindowSelection } from './use-window-selection.ts'

export type MaskReview = ReturnType<typeof useMaskReview>

/** Deciding on the open window or on the chosen ones, and going through the queue, with their keys. */
export function useMaskReview(options: {
  editor: MaskEditor
  queue: ReviewQueue
  /** How FAME's mask is made now. */
  origin: () => MaskOrigin
}) {
  const { editor, queue, origin } = options
  const { view } = editor
  const panelOpen = useStorage('fame.review-open', true)
  const movesOn = useStorage('fame.review-moves-on', true)
  const selection = useWindowSelection(queue)
  const bulk = useBulkDecisions({ origin, onDone: () => void editor.reload() })

  /** Of the chosen windows where there are any, else of the open one. */
  async function decide(state: MaskState) {
    const { chosen } = selection
    if (chosen.value.size > 0) return bulk.decide([...chosen.value.values()], { state })
    const open = view.value?.window
    if (!open) return
    const isListed = queue.index.value >= 0 && movesOn.value && state !== 'untouched'
    const next = isListed ? await queue.neighbour(1) : null
    await editor.decide({ state })
    // A decision that failed, or a person who went elsewhere meanwhile, stays there.
    if (next && view.value?.window === open && view.value.kept?.state === state) queue.open(next)
  }
  const canDecide = () => view.value !== null && !bulk.running.value
  const stateCommands = useCommands([
    {
      name: 'review.approve',
      label: 'Approve',
      group: 'Review',
      shortcut: 'A',
      enabled: canDecide,
      perform: () => void decide('approved'),
    },
    {
      name: 'review.reject',
      label: 'Reject',
      group: 'Review',
      shortcut: 'X',
      enabled: canDecide,
      perform: () => void decide('rejected'),
    },
    {
      name: 'review.untouched',
      label: 'Back to untouched',
      group: 'Review',
      shortcut: 'Shift+A',
      enabled: canDecide,
      perform: () => void decide('untouched'),
    },
  ] as const satisfies readonly Command[])
  const [undo, redo] = useCommands([
    {
      name: 'review.undo',
      label: 'Undo in this clip',
      group: 'Correct',
      shortcut: 'Ctrl+Z',
      enabled: () => Boolean(view.value?.history.undo),
      perform: editor.undo,
    },
    {
      name: 'review.redo',
      label: 'Redo in this clip',
      group: 'Correct',
      shortcut: 'Ctrl+Shift+Z Ctrl+Y',
      enabled: () => Boolean(view.value?.history.redo),
      perform: editor.redo,
    },
  ] as const satisfies readonly Command[])
  const [next, previous, panel, all] = useCommands([
    {
      name: 'review.next',
      label: 'Next in the queue',
      group: 'Review',
      shortcut: 'N',
      enabled: () => queue.total.value > 0,
      perform: () => void queue.go(1),
    },
    {
      name: 'review.previous',
      label: 'Previous in the queue',
      group: 'Review',
      shortcut: 'Shift+N',
      enabled: () => queue.total.value > 0,
      perform: () => void queue.go(-1),
    },
    {
      name: 'review.panel',
      label: 'Show or hide the review queue',
      group: 'Review',
      shortcut: 'Shift+Q',
      perform: () => (panelOpen.value = !panelOpen.value),
    },
    {
      name: 'review.all',
      label: 'Choose the whole queue',
      group: 'Review',
      shortcut: 'Ctrl+A',
      enabled: () => panelOpen.value && queue.total.value > 0,
      perform: selection.all,
    },
    {
      name: 'review.clear',
      label: 'Choose none',
      group: 'Review',
      shortcut: 'Escape',
      enabled: () => selection.chosen.value.size > 0,
      perform: selection.clear,
    },
    {
      name: 'review.undo-bulk',
      label: 'Undo the last decision on many clips',
      group: 'Review',
      enabled: () => bulk.last.value !== null && !bulk.running.value,
      perform: () => void bulk.undo(),
    },
  ] as const satisfies readonly Command[])

  return {
    ...{ editor, queue, selection, bulk, panelOpen, movesOn },
    ...{ stateCommands, undo, redo, next, previous, panel, all },
  }
}
