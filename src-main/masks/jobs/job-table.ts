import type { JobTable, JobTools } from '../../video/decoder-process.ts'
import type { VideoReader } from '../../video/reader.ts'
import { VideoError } from '../../video/video-error.ts'
import { EnergyJobs } from './energy-jobs.ts'
import { MaskJobs } from './mask-jobs.ts'
import type { ClipPlace } from './mask-protocol.ts'
import { PlaneJobs } from './plane-jobs.ts'
import { carryMaskAlong } from './propagate-job.ts'
import { trueMask } from './true-mask.ts'

const masks = new MaskJobs()
const planes = new PlaneJobs()
const energy = new EnergyJobs()

type MaskJobType = 'mask' | 'planes' | 'fame-mask' | 'score' | 'true-mask' | 'energy' | 'carry'

/** What a decoder process does for masks. */
export const maskJobs: JobTable<MaskJobType> = {
  mask: ({ path, request, layers, byFrame }, { readers }) =>
    readers.use(path, (reader) => masks.run(reader, request, layers, byFrame)),
  planes: ({ path, request }, tools) =>
    withClip(path, request, tools, (reader) => planes.planes(reader, request)),
  'fame-mask': ({ path, window, origin }, tools) =>
    withClip(path, { ...window, size: origin.size }, tools, (reader) =>
      planes.fameMask(reader, window, origin),
    ),
  score: ({ path, request }, tools) =>
    withClip(path, request, tools, (reader) => planes.score(reader, request)),
  'true-mask': ({ path, indices }, { readers, drive }) =>
    readers.use(path, async (reader) => {
      await drive(reader.approach(Math.min(...indices)))
      return trueMask(reader, indices)
    }),
  carry: ({ path, request }, { readers, drive }) =>
    readers.use(path, async (reader) => {
      await drive(reader.approach(Math.min(...request.indices)))
      return await inSteps(carryMaskAlong(reader, request), drive)
    }),
  energy: ({ path, from, milliseconds }) => energy.run(path, from, milliseconds),
}

/** Does work step by step; what it returns. @throws VideoError when it was cancelled between two */
async function inSteps<T>(work: Generator<void, T>, drive: JobTools['drive']): Promise<T> {
  let made: { value: T } | null = null
  await drive({
    next: () => {
      const step = work.next()
      if (step.done) made = { value: step.value }
      return step.done ? { done: true, value: undefined } : { done: false, value: undefined }
    },
  })
  if (made !== null) return (made as { value: T }).value
  throw new VideoError('cancelled', 'The request was cancelled.')
}

/** Decodes to a clip first, but where its frames are kept. */
function withClip<T>(
  path: string,
  clip: ClipPlace & { size: number },
  { readers, drive }: JobTools,
  work: (reader: VideoReader) => T,
): Promise<T> {
  return readers.use(path, async (reader) => {
    if (!planes.keeps(reader, clip)) await drive(reader.approach(clip.start))
    return work(reader)
  })
}
