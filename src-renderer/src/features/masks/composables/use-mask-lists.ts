import type { MaskOrigin } from '#shared/contract/mask-windows.ts'
import { useMaskSettings } from '../mask-settings-store.ts'
import { useListedVideos } from './use-listed-videos.ts'
import type { MaskEditor } from './use-mask-editor.ts'
import { useMaskReview } from './use-mask-review.ts'
import type { OpenClip } from './use-open-clip.ts'
import { useReviewQueue } from './use-review-queue.ts'

/** The lists that clips come from: videos that were selected elsewhere, and the review queue. */
export function useMaskLists(options: {
  open: OpenClip
  editor: MaskEditor
  origin: () => MaskOrigin
  beta: () => number
}) {
  const { open, editor, origin, beta } = options
  const { settings } = useMaskSettings()
  const listed = useListedVideos({
    videoId: open.videoId,
    open: (id) => open.go({ videoId: id, start: 0 }),
  })
  const queue = useReviewQueue({
    current: open.clipWindow,
    // A clip is shown as it was scored, so that its reasons fit what is on the stage.
    open(window, scored) {
      if (scored !== null) {
        Object.assign(settings, { variant: 'fame', adaptive: false, beta: scored })
      }
      open.go(window)
    },
  })
  return { listed, review: useMaskReview({ editor, listed, queue, origin, beta }) }
}
