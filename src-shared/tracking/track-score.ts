import { contourAccuracy, contourRadius, type FrameSize } from './contour-accuracy.ts'
import { regionSimilarity } from './region-similarity.ts'
import { isScored, meanOf, scoreSequence, type SequenceScore } from './sequence-score.ts'

/** J and F of one object in each frame that counts. */
export interface ObjectTrack {
  j: number[]
  f: number[]
}

/** Scores labels against true ones frame by frame, object by object. */
export class TrackScorer {
  /** In the order of their labels. */
  readonly objects: ObjectTrack[]
  private readonly frames: number
  private readonly contour: FrameSize & { radius: number }

  /**
   * @param size of the labels, in pixels
   * @param frames of the whole sequence
   * @param objects how many there are: labels 1 to `objects`
   */
  constructor(size: FrameSize, { frames, objects }: { frames: number; objects: number }) {
    this.frames = frames
    this.contour = { ...size, radius: contourRadius(size) }
    this.objects = Array.from({ length: objects }, () => ({ j: [], f: [] }))
  }

  /** Takes the frames in order. Those that do not count are passed over. */
  add(t: number, truth: Uint8Array, labels: Uint8Array): void {
    if (!isScored(t, this.frames)) return
    for (const [object, track] of this.objects.entries()) {
      const isObject = (all: Uint8Array) => all.map((label) => Number(label === object + 1))
      const [trueMask, mask] = [isObject(truth), isObject(labels)]
      track.j.push(regionSimilarity(trueMask, mask))
      track.f.push(contourAccuracy(trueMask, mask, this.contour))
    }
  }
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
