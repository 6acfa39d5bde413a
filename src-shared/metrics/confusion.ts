import type { MeasuredDetail } from '../contract/evaluations.ts'

/** Counts answers one by one: [K, K] in all, but only what occurs takes room. */
export class ConfusionTally {
  private readonly classes: number
  private readonly counts = new Map<number, number>()

  constructor(classes: number) {
    this.classes = classes
  }

  /** @throws RangeError when one of them is not a class. */
  add(truth: number, predicted: number): void {
    for (const label of [truth, predicted]) {
      if (Number.isInteger(label) && label >= 0 && label < this.classes) continue
      throw new RangeError(`Expected a class from 0 to ${this.classes - 1}, got ${label}.`)
    }
    const cell = truth * this.classes + predicted
    this.counts.set(cell, (this.counts.get(cell) ?? 0) + 1)
  }

  /** By true class, then by predicted class. */
  triples(): number[] {
    const cells = [...this.counts].sort(([a], [b]) => a - b)
    return cells.flatMap(([cell, count]) => [
      Math.floor(cell / this.classes),
      cell % this.classes,
      count,
    ])
  }

  detail(): MeasuredDetail {
    const confusion = this.triples()
    const perClass = Array.from({ length: this.classes }, () => ({ videos: 0, correct: 0 }))
    for (let i = 0; i < confusion.length; i += 3) {
      const [truth, predicted, count] = confusion.slice(i, i + 3)
      perClass[truth].videos += count
      if (truth === predicted) perClass[truth].correct += count
    }
    return { confusion, perClass }
  }
}
