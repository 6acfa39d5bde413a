import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'

/** Classes and neighbours that are kept of a video. */
export const KEPT_CLASSES = 5
export const KEPT_NEIGHBOURS = 10

/** Writes what is answered for each test video; a reader sees whole lines meanwhile. */
export class PredictionWriter {
  private readonly file: number
  private lines = ''

  /** @param folder of the evaluation; answers of an earlier try are removed */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    const path = join(folder, 'predictions.jsonl')
    rmSync(path, { force: true })
    this.file = openSync(path, 'a')
  }

  add(line: PredictionLine): void {
    this.lines += `${JSON.stringify(line)}\n`
  }

  /** @throws Error when the disk does not take all of it. */
  flush(): void {
    const { lines } = this
    if (lines === '') return
    this.lines = ''
    appendFileSync(this.file, lines)
  }

  /** What was answered is on disk afterwards: the result that follows is. */
  close(): void {
    try {
      this.flush()
      fsyncSync(this.file)
    } finally {
      closeSync(this.file)
    }
  }
}

/**
 * The best classes of one video with their probabilities, in the order that scores count by: the
 * probabilities of all but the first may round to 0.
 * @param logits [K]
 */
export function topClasses(logits: Float32Array): PredictionLine['top'] {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity)
  const weights = logits.map((logit) => Math.exp(logit - largest))
  return withShares(greatest(logits), weights)
}

/**
 * The greatest of some weights as shares of their sum; of equal ones the lower class comes first.
 * @param weights [K], none below 0
 */
export function topShares(weights: Float32Array): PredictionLine['top'] {
  return withShares(greatest(weights), weights)
}

function greatest(values: Float32Array): number[] {
  const order = Array.from(values.keys()).sort((a, b) => values[b] - values[a] || a - b)
  return order.slice(0, KEPT_CLASSES)
}

function withShares(labels: readonly number[], weights: Float32Array): PredictionLine['top'] {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return labels.map((label) => [label, round(weights[label] / sum)])
}

/** Five digits are enough to read, and to order by. */
export function round(share: number): number {
  return Math.round(share * 1e5) / 1e5
}
