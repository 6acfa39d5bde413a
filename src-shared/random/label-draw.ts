import { hashOf } from './hash.ts'
import { deriveSeed } from './rng.ts'

/** How many training videos of each class keep their label. */
export interface LabelRule {
  /** All, a share of each class, or as many of each class. */
  labels: 'all' | 'percent' | 'perClass'
  /** Per cent of each class's training videos, (0, 100]. */
  labelPercent: number
  /** Training videos of each class. */
  labelCount: number
}

/** A training video; `label` is the index of its class. */
interface Labelled {
  label: number
}

/** Whether a rule takes a part of the labels. */
export function drawsLabels({ labels }: Pick<LabelRule, 'labels'>): boolean {
  return labels !== 'all'
}

/**
 * How many videos of a class a rule takes; a share is rounded, and takes one video at least.
 * @param videos of the class
 */
function countOf({ labels, labelPercent, labelCount }: LabelRule, videos: number): number {
  switch (labels) {
    case 'all':
      return videos
    case 'percent':
      return Math.max(1, Math.round((labelPercent / 100) * videos))
    case 'perClass':
      return labelCount
  }
}

/**
 * Draws the training videos whose labels an evaluation may use. The videos of each class are ordered
 * by a hash of name, seed and draw, and the first are taken: so a draw depends neither on the order of
 * the list nor on the number of draws, and with one seed a smaller share lies within a larger one.
 * @returns the drawn videos, in the order of the list
 * @throws Error when a class has no training video, or fewer than the rule asks for
 */
export function drawLabels<Video extends Labelled>(
  videos: readonly Video[],
  { classes, nameOf, draw, labelSeed, ...rule }: LabelRule & Drawing<Video>,
): Video[] {
  const byClass = Map.groupBy(videos, ({ label }) => label)
  const counts = classes.map((_, label) => byClass.get(label)?.length ?? 0)
  const fault = faultOf(rule, counts, classes)
  if (fault !== null) throw new Error(fault)
  const taken = new Set<Video>()
  for (const own of byClass.values()) {
    const keyed = own.map((video) => {
      const name = nameOf(video)
      return { video, name, key: deriveSeed(labelSeed, draw, hashOf(name)) }
    })
    keyed.sort((a, b) => a.key - b.key || (a.name < b.name ? -1 : 1))
    const count = countOf(rule, own.length)
    for (const { video } of keyed.slice(0, count)) taken.add(video)
  }
  return videos.filter((video) => taken.has(video))
}

interface Drawing<Video> {
  /** Names, by label. */
  classes: readonly string[]
  /** Tells a video from the others, wherever the data set lies: its path below the data set's folder. */
  nameOf: (video: Video) => string
  /** Counts from 0. */
  draw: number
  labelSeed: number
}

/** What keeps a rule from being followed, and the remedy. @param counts training videos by label */
function faultOf(
  rule: LabelRule,
  counts: readonly number[],
  classes: readonly string[],
): string | null {
  const least = Math.min(...counts)
  const poorest = `The class '${classes[counts.indexOf(least)]}'`
  if (least === 0) {
    return (
      `${poorest} has no training video, so that no label of it can be drawn. Evaluate with all ` +
      'labels, or index the data set with a training video of every class.'
    )
  }
  const wanted = countOf(rule, least)
  if (wanted <= least) return null
  const short = counts.filter((count) => count < wanted).length
  return (
    `${poorest} has ${least} training ${least === 1 ? 'video' : 'videos'}, and ${wanted} of each class ` +
    `are to be drawn; ${short} of ${classes.length} classes have fewer. Set 'Videos a class' to ` +
    `${least} or less, or draw a percentage.`
  )
}
