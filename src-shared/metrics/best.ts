import { methodOf } from '../methods/index.ts'
import type { PretrainConfig } from '../config/pretrain-config.ts'
import { byName } from '../methods/method.ts'
import { kindOfMetric } from './catalogue.ts'

/** The first step, counted from 1, whose loss and scores can be the best of a run. */
export function firstScoredStep(config: PretrainConfig): number {
  return methodOf(config).scoredFrom(byName(config))
}

/**
 * The first step whose checkpoint can be the best of a run: it follows a whole interval of steps
 * whose loss counts.
 */
export function bestCheckpointFrom(config: PretrainConfig): number {
  return firstScoredStep(config) + config.checkpointEvery - 1
}

/**
 * The step from which values of a metric can be the best of a run.
 * @param scoredFrom as `firstScoredStep` gives it
 */
export function bestCountsFrom(name: string, scoredFrom: number): number {
  return kindOfMetric(name)?.scoredLate ? scoredFrom : 0
}

/** Whether a value is better than the best so far; never where neither end of a metric is the good one. */
export function isBetter(name: string, value: number, best: number | null): boolean {
  const better = kindOfMetric(name)?.better
  if (!better || Number.isNaN(value)) return false
  if (best === null) return true
  return better === 'low' ? value < best : value > best
}
