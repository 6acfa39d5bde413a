/** Entry of a decoder process: it decodes, and computes masks of what it has decoded. */
import type { DecoderJobType } from '../../video/decoder-protocol.ts'
import { serveDecoder, type JobTable, type JobTools } from '../../video/decoder-process.ts'
import type { VideoReader } from '../../video/reader.ts'
import { EnergyJobs } from './energy-jobs.ts'
import { MaskJobs } from './mask-jobs.ts'
import type { ClipPlace } from './mask-protocol.ts'
import { PlaneJobs } from './plane-jobs.ts'
import { trueMask } from './true-mask.ts'

const masks = new MaskJobs()
const planes = new PlaneJobs()
const energy = new EnergyJobs()

type MaskJobType = Exclude<DecoderJobType, 'probe' | 'frames' | 'picture' | 'thumbnail'>

const maskJobs: JobTable<MaskJobType> = {
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

serveDecoder(maskJobs)
