import type { FrameSize } from '#shared/tracking/contour-accuracy.ts'
import { resizeLabels, TrackScorer, type ObjectTrack } from '#shared/tracking/track-score.ts'
import type { Sequence } from '#shared/tracking/trackers/tracker.ts'
import type { ObjectTruth } from './object-truth.ts'

/** Which frames are shown small, and how small. */
export interface ShownFrames extends FrameSize {
  /** In order, with the first. */
  frames: readonly number[]
}

/** What one tracker has found. */
export interface CollectedTrack {
  objects: ObjectTrack[]
  /** Labels of the shown frames, small, one after the other: [shown, h, w]. */
  shown: Uint8Array
}

export interface CollectorOptions {
  truth: ObjectTruth
  sequence: Sequence
  shown: ShownFrames
  /** Whether objects are told apart; else all of them are one. */
  apart: boolean
}

/** Scores a tracker's labels as they come, and keeps no more of them than is shown. */
export class TrackCollector {
  private readonly options: CollectorOptions
  private readonly scorer: TrackScorer
  private readonly small: Uint8Array

  constructor(options: CollectorOptions) {
    const { truth, sequence, shown, apart } = options
    const { height, width, frames } = truth
    this.options = options
    this.scorer = new TrackScorer(
      { height, width },
      { frames, objects: apart ? objectsIn(truth) : 1 },
    )
    this.small = new Uint8Array(shown.frames.length * shown.height * shown.width)
    this.show(0, sequence.first)
  }

  /** @param labels of frame t at the size of the sequence, [H, W] */
  add(t: number, labels: Uint8Array): void {
    const { truth, sequence, apart } = this.options
    const pixels = truth.height * truth.width
    const own = truth.data.subarray(t * pixels, (t + 1) * pixels)
    const trueLabels = apart ? own : own.map((label) => Number(label > 0))
    this.scorer.add(t, trueLabels, resizeLabels(labels, sequence, truth))
    this.show(t, labels)
  }

  get track(): CollectedTrack {
    return { objects: this.scorer.objects, shown: this.small }
  }

  private show(t: number, labels: Uint8Array): void {
    const { shown, sequence } = this.options
    const place = shown.frames.indexOf(t)
    if (place < 0) return
    this.small.set(resizeLabels(labels, sequence, shown), place * shown.height * shown.width)
  }
}

/** The largest label of the first frame. */
export function objectsIn({ data, height, width }: ObjectTruth): number {
  return data.subarray(0, height * width).reduce((most, label) => Math.max(most, label), 0)
}
