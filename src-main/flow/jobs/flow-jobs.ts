import type { JobTable } from '../../video/decoder-process.ts'
import { VideoError } from '../../video/video-error.ts'
import { computePiece } from '../flow-piece.ts'

/** What a decoder process does for flow. */
export const flowJobs: JobTable<'flow'> = {
  flow: ({ path, request }, { readers, drive }) =>
    readers.use(path, async (reader) => {
      const steps = computePiece(reader, request)
      let piece: Uint8Array | null = null
      await drive({
        next: () => {
          const step = steps.next()
          if (step.done) piece = step.value
          return step.done ? { done: true, value: undefined } : { done: false, value: undefined }
        },
      })
      if (piece) return piece
      throw new VideoError('cancelled', 'The request was cancelled.')
    }),
}
