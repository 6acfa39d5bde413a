import { useStorage } from '@vueuse/core'
import type { Ref } from 'vue'
import type { MaskOrigin, MaskState } from '#shared/contract/mask-windows.ts'
import { useBulkDecisions, type BulkDecisions } from './use-bulk-decisions.ts'
import type { MaskEditor } from './use-mask-editor.ts'
import type { ListedVideos } from './use-listed-videos.ts'
import {
  useBulkCommands,
  useDecisionCommands,
  useEditCommands,
  useQueueCommands,
  useSelectionCommands,
} from './use-review-commands.ts'
import type { ReviewQueue } from './use-review-queue.ts'
import { useWindowSelection, type WindowSelection } from './use-window-selection.ts'

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
  // On a narrow window the clip needs the room, until somebody opens the queue.
  const panelOpen = useStorage('fame.review-open', window.innerWidth >= ROOMY)
  const movesOn = useStorage('fame.review-moves-on', true)
  const selection = useWindowSelection(queue)
  const bulk = useBulkDecisions({ origin, onDone: () => void editor.reload() })

  const { decide, go } = reviewSteps({ editor, queue, listed, selection, bulk, movesOn })
  const hasList = () => listed.isOpen.value || queue.total.value > 0
  const canDecide = () => editor.hasWindow() && !bulk.running.value
  const stateCommands = useDecisionCommands((state) => void decide(state), canDecide)
  const { undo, redo } = useEditCommands(editor)
  const { setBeta, undoBulk } = useBulkCommands({ bulk, selection, beta: options.beta })
  const { next, previous, panel } = useQueueCommands({ go, hasList, panelOpen })
  useSelectionCommands({ editor, queue, selection, panelOpen })

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

/** Deciding, and going on to the next window. */
function reviewSteps(options: {
  editor: MaskEditor
  queue: ReviewQueue
  listed: ListedVideos
  selection: WindowSelection
  bulk: BulkDecisions
  /** Whether a decision goes on to the next one. */
  movesOn: Readonly<Ref<boolean>>
}) {
  const { editor, queue, listed, selection, bulk, movesOn } = options
  /** Of the chosen windows where there are any, else of the open one. */
  async function decide(state: MaskState) {
    const { chosen } = selection
    if (chosen.value.size > 0) return bulk.decide([...chosen.value.values()], { state })
    const decided = editor.decide({ state })
    // The decision is saved behind: nobody who goes through hundreds waits for it.
    if (movesOn.value && state !== 'untouched') await goOn()
    await decided
  }
  /** To the next one; the end of the list stays where it is. */
  async function goOn() {
    if (listed.isOpen.value) return listed.step(1)
    if (queue.index.value < 0 || queue.goAlong(1)) return
    const next = await queue.neighbour(1)
    if (next) queue.open(next)
  }
  function go(by: 1 | -1) {
    if (listed.isOpen.value) listed.step(by)
    else void queue.go(by)
  }
  return { decide, go }
}
