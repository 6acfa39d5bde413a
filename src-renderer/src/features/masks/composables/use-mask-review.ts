import { useStorage } from '@vueuse/core'
import type { MaskOrigin, MaskState } from '#shared/contract/mask-windows.ts'
import { farCommand } from '../../../commands/catalogue.ts'
import type { Command } from '../../../commands/command.ts'
import { useBulkDecisions } from './use-bulk-decisions.ts'
import { useCommands } from '../../../commands/use-commands.ts'
import type { MaskEditor } from './use-mask-editor.ts'
import type { ListedVideos } from './use-listed-videos.ts'
import type { ReviewQueue } from './use-review-queue.ts'
import { useWindowSelection } from './use-window-selection.ts'

/** Pixels of a window that has room for queue, clip and inspector. */
const ROOMY = 1200

export type MaskReview = ReturnType<typeof useMaskReview>

/** Deciding on the open window or on the chosen ones, and going through the queue, with their keys. */
export function useMaskReview(options: {
  editor: MaskEditor
  queue: ReviewQueue
  /** Videos that were selected elsewhere; while there are any, they are gone through. */
  listed: ListedVideos
  /** How FAME's mask is made now. */
  origin: () => MaskOrigin
  /** The beta in sight. */
  beta: () => number
}) {
  const { editor, queue, listed, origin } = options
  const { view } = editor
  // On a narrow window the clip needs the room, until somebody opens the queue.
  const panelOpen = useStorage('fame.review-open', window.innerWidth >= ROOMY)
  const movesOn = useStorage('fame.review-moves-on', true)
  const selection = useWindowSelection(queue)
  const bulk = useBulkDecisions({ origin, onDone: () => void editor.reload() })

  /** Of the chosen windows where there are any, else of the open one. */
  async function decide(state: MaskState) {
    const { chosen } = selection
    if (chosen.value.size > 0) return bulk.decide([...chosen.value.values()], { state })
    const goesOn = movesOn.value && state !== 'untouched'
    const decided = editor.decide({ state })
    // The decision is saved behind: nobody who goes through hundreds waits for it.
    if (goesOn && listed.isOpen.value) listed.step(1)
    else if (goesOn && queue.index.value >= 0 && !queue.goAlong(1)) {
      const next = await queue.neighbour(1)
      if (next) queue.open(next)
    }
    await decided
  }
  function go(by: 1 | -1) {
    if (listed.isOpen.value) listed.step(by)
    else void queue.go(by)
  }
  const hasList = () => listed.isOpen.value || queue.total.value > 0
  const canDecide = () => editor.hasWindow() && !bulk.running.value
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
  const [setBeta, undoBulk] = useCommands([
    {
      name: 'review.beta',
      label: 'Set β of the selected clips',
      group: 'Review',
      shortcut: 'Shift+B',
      enabled: () => selection.chosen.value.size > 0 && !bulk.running.value,
      perform: () =>
        void bulk.decide([...selection.chosen.value.values()], { beta: options.beta() }),
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
  const [next, previous, panel] = useCommands([
    {
      ...farCommand('review.next'),
      shortcut: 'N',
      enabled: hasList,
      perform: () => go(1),
    },
    {
      name: 'review.previous',
      label: 'Previous in the queue',
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
    {
      name: 'review.choose',
      label: 'Select this clip, or deselect it',
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

  return {
    editor,
    queue,
    selection,
    bulk,
    panelOpen,
    movesOn,
    stateCommands,
    undo,
    redo,
    next,
    previous,
    panel,
    setBeta,
    undoBulk,
    beta: options.beta,
  }
}
