import type { PredictionLine } from './prediction-line.ts'

/** A number that a task gives, in [0, 1]. */
export interface Score {
  /** As results store it and published results name their metric. */
  name: string
  label: string
  /** Whether more of it is better, less, or neither. Left out: more. */
  better?: 'more' | 'less' | 'neither'
  /**
   * It is no share of the test videos but a difference, or a mean of shares, and so has no interval
   * by Wilson's formula.
   */
  isNoShare?: true
  /** What guessing scores with so many equally frequent classes. Left out: guessing has no score. */
  chance?: (classes: number) => number
  /**
   * Whether a video counts for it, by what is stored of the video; null where that is not stored.
   * Left out: evaluations cannot be compared by it video by video.
   */
  counts?: (line: PredictionLine) => boolean | null
  /** How a list of evaluations shows it. Left out: with its label. */
  listed?: {
    /** Stands before the figure. */
    before: string
    /** What it is, in full. */
    title: string
    /** A difference of two shares is in points. Left out: per cent. */
    unit?: 'points'
  }
}

/** Whether the class of a video is among the `k` that a classifier scores best. */
function topScore(k: 1 | 5): Score {
  return {
    name: `top${k}`,
    label: `Top-${k}`,
    chance: (classes) => Math.min(1, k / classes),
    counts: ({ truth, top }) => top.slice(0, k).some(([label]) => label === truth),
  }
}

export const top1 = topScore(1)
export const top5 = topScore(5)

/** Clips of one video are not independent. */
export const clipTop1: Score = {
  name: 'clipTop1',
  label: 'Top-1 of clips',
  isNoShare: true,
  chance: (classes) => Math.min(1, 1 / classes),
}
