import type { PretrainConfig } from '../config/hyper-parameters.ts'
import { metricKinds } from './catalogue.ts'

/**
 * The first step whose contrastive loss is measured against keys of the run alone. Until the queue is
 * full it holds random directions, which are easily told apart: a loss at that time is too low and an
 * accuracy too high. Steps count from 1, and each enqueues two clips of every video.
 */
export function firstFullQueueStep({
  queue,
  batch,
  accumulate,
}: Pick<PretrainConfig, 'queue' | 'batch' | 'accumulate'>): number {
  return Math.ceil(queue / (2 * batch * accumulate)) + 1
}

/**
 * The first step whose checkpoint can be the best of a run: it follows a whole interval with a full
 * queue.
 */
export function bestCheckpointFrom(
  config: Pick<PretrainConfig, 'queue' | 'batch' | 'accumulate' | 'checkpointEvery'>,
): number {
  return firstFullQueueStep(config) + config.checkpointEvery - 1
}

/**
 * The step from which values of a metric can be the best of a run.
 * @param fullFrom as `firstFullQueueStep` gives it
 */
export function bestCountsFrom(name: string, fullFrom: number): number {
  return metricKinds[name]?.againstQueue ? fullFrom : 0
}

/** Whether a value is better than the best so far; never where neither end of a metric is the good one. */
export function isBetter(name: string, value: number, best: number | null): boolean {
  const better = metricKinds[name]?.better
  if (!better || Number.isNaN(value)) return false
  if (best === null) return true
  return better === 'low' ? value < best : value > best
}
