import type { JobTable, JobTools } from '../../video/decoder-process.ts'
import type { VideoReader } from '../../video/reader.ts'
import { EnergyJobs } from './energy-jobs.ts'
import { MaskJobs } from './mask-jobs.ts'
import type { ClipPlace } from './mask-protocol.ts'
import { PlaneJobs } from './plane-jobs.ts'
import { trueMask } from './true-mask.ts'

const masks = new MaskJobs()
const planes = new PlaneJobs()
const energy = new EnergyJobs()

type MaskJobType = 'mask' | 'planes' | 'fame-mask' | 'score' | 'true-mask' | 'energy'

/** What a decoder process does for masks. */
export const maskJobs: JobTable<MaskJobType> = {
  mask: ({ path, request, layers }, { readers }) =>
    readers.use(path, (reader) => masks.run(reader, request, layers)),
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
  energy: ({ path, from, milliseconds }) => energy.run(path, from, milliseconds),
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
