import { contourAccuracy, contourRadius, type FrameSize } from './contour-accuracy.ts'
import { regionSimilarity } from './region-similarity.ts'
import { meanOf, scoredFrames, scoreSequence, type SequenceScore } from './sequence-score.ts'

/** J and F of one object in each frame that counts. */
export interface ObjectTrack {
  j: number[]
  f: number[]
}

/**
 * Scores labels against true ones, object by object.
 * @param truth labels of all frames, [T, H, W]
 * @param found labels of all frames but the first, each [H, W]
 * @param objects how many there are: labels 1 to `objects`
 */
export function scoreTrack(
  truth: Uint8Array,
  found: readonly Uint8Array[],
  { objects, ...size }: FrameSize & { objects: number },
): ObjectTrack[] {
  const pixels = size.height * size.width
  const frames = scoredFrames(Array.from({ length: found.length + 1 }, (_, t) => t))
  const contour = { ...size, radius: contourRadius(size) }
  return Array.from({ length: objects }, (_, object) => {
    const isObject = (labels: Uint8Array) => labels.map((label) => Number(label === object + 1))
    const track: ObjectTrack = { j: [], f: [] }
    for (const t of frames) {
      const trueMask = isObject(truth.subarray(t * pixels, (t + 1) * pixels))
      const mask = isObject(found[t - 1])
      track.j.push(regionSimilarity(trueMask, mask))
      track.f.push(contourAccuracy(trueMask, mask, contour))
    }
    return track
  })
}

/** Labels enlarged or reduced: each pixel takes the label at its centre. */
export function resizeLabels(labels: Uint8Array, from: FrameSize, to: FrameSize): Uint8Array {
  if (from.height === to.height && from.width === to.width) return labels
  const columns = Int32Array.from({ length: to.width }, (_, x) =>
    Math.floor(((x + 0.5) * from.width) / to.width),
  )
  const out = new Uint8Array(to.height * to.width)
  for (let y = 0, i = 0; y < to.height; y++) {
    const row = Math.floor(((y + 0.5) * from.height) / to.height) * from.width
    for (let x = 0; x < to.width; x++, i++) out[i] = labels[row + columns[x]]
  }
  return out
}

/** What a table says of one way to track. */
export interface TrackSummary {
  j: SequenceScore
  f: SequenceScore
  /** Mean of the means of J and F. */
  both: number
  objects: number
}

/** Means over objects, as DAVIS reports them; null where there are none. */
export function summarise(objects: readonly ObjectTrack[]): TrackSummary | null {
  if (objects.length === 0) return null
  const mean = (of: 'j' | 'f'): SequenceScore => {
    const scores = objects.map((object) => scoreSequence(object[of]))
    return {
      mean: meanOf(scores.map((score) => score.mean)),
      recall: meanOf(scores.map(({ recall }) => recall)),
      decay: meanOf(scores.map(({ decay }) => decay)),
    }
  }
  const [j, f] = [mean('j'), mean('f')]
  return { j, f, both: (j.mean + f.mean) / 2, objects: objects.length }
}
