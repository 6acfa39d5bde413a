import { evenlySpacedClips, referenceClips } from '../../video/clip-sampling.ts'
import { FramePicker, type UsePicture } from '../../video/frame-picker.ts'
import { clipLength, type CentreTask } from './batch-task.ts'
import { FlowStore } from './flow-frames.ts'
import { normaliseColours } from './transforms/colour.ts'
import { encoders } from '#shared/encoders/index.ts'
import { imagenetScaling, type InputScaling } from '#shared/encoders/scaling.ts'
import { cropAt, resizeAndCropAt } from '#shared/fame/resample.ts'

/** Where the crops lie along the longer side, as parts of the room that they have there. */
const PLACES: Record<number, readonly number[]> = { 1: [0.5], 3: [0, 0.5, 1] }

const cutters = {
  fitted: { clips: evenlySpacedClips, crop: resizeAndCropAt },
  reference: { clips: referenceClips, crop: cropAt },
} as const satisfies Record<CentreTask['testClips'], unknown>

/**
 * Clips spread over one video, the centre of each or several crops of it:
 * f32 [clips, crops, T, S, S, 3], colours scaled for the encoder. Frames are cut one after another, since all of them at
 * full size can take gigabytes.
 * @param flows where the flow of a flow encoder comes from; left out, it is kept nowhere
 * @throws VideoError when the video cannot be read or is too short for the reference's clips,
 * ClipError when its frames are too small for them.
 */
export function readCentreClips(task: CentreTask, flows = new FlowStore(null)): Float32Array {
  const { clips, crops, config } = task
  const { size } = config
  const length = clipLength({ ...config, frames: 1 })
  const cutter = cutters[task.testClips]
  const scaling = scalingOf(task)
  const pictures = openPictures(task, flows)
  const out = new Float32Array(clips * crops * config.frames * length)
  const cut = new Float32Array(length)
  try {
    const places = placesOf(cutter.clips(pictures.length, clips, config).flat())
    pictures.visit([...places.keys()], (index, frame) => {
      PLACES[crops].forEach((along, crop) => {
        cutter.crop(frame, size, along, cut)
        normaliseColours({ data: cut, frames: 1, height: size, width: size }, scaling)
        for (const place of places.get(index)!) {
          const [clip, frameOfClip] = [Math.floor(place / config.frames), place % config.frames]
          out.set(cut, ((clip * crops + crop) * config.frames + frameOfClip) * length)
        }
      })
    })
    return out
  } finally {
    pictures.close()
  }
}

/** What clips are cut from: a video's frames, or the flow between them. */
interface Pictures {
  length: number
  visit(indices: number[], use: UsePicture): void
  close(): void
}

function openPictures({ path, frames, config }: CentreTask, flows: FlowStore): Pictures {
  if (config.modality === 'flow') return flows.open(path, frames, config)
  const picker = new FramePicker(path)
  return {
    length: frames,
    visit: (indices, use) => picker.pick(indices, use),
    close: () => picker.close(),
  }
}

function scalingOf({ colours, config }: CentreTask): InputScaling {
  return colours === 'imagenet' ? imagenetScaling : encoders[config.model].scaling
}

/** Where each frame of the video goes: its places in the clips laid end to end. */
function placesOf(indices: readonly number[]): Map<number, number[]> {
  const places = new Map<number, number[]>()
  indices.forEach((index, place) => {
    places.set(index, [...(places.get(index) ?? []), place])
  })
  return places
}
