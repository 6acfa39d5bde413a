import type { MetricPoint } from '#shared/contract/runs.ts'

/** Points of one quantity that came after the page asked for its curve; steps grow. */
export interface Tail {
  steps: number[]
  values: number[]
}

/** Points kept of each quantity: the service has the rest. */
const CAPACITY = 4000

/** What a run has measured since the page began to follow it, by name. */
export class CurveTail {
  readonly #tails = new Map<string, Tail>()

  /** A step that is measured again, as after a resume, takes the place of what followed it. */
  append(points: readonly MetricPoint[]): void {
    for (const { name, step, value } of points) {
      const tail = this.#of(name)
      while (tail.steps.length > 0 && tail.steps.at(-1)! >= step) {
        tail.steps.pop()
        tail.values.pop()
      }
      tail.steps.push(step)
      tail.values.push(value)
      if (tail.steps.length <= CAPACITY) continue
      tail.steps.splice(0, CAPACITY / 2)
      tail.values.splice(0, CAPACITY / 2)
    }
  }

  clear(): void {
    this.#tails.clear()
  }

  /** The points of one quantity after `step`. */
  after(name: string, step: number): Tail {
    const { steps, values } = this.#of(name)
    let from = steps.length
    while (from > 0 && (steps[from - 1] ?? step) > step) from--
    return { steps: steps.slice(from), values: values.slice(from) }
  }

  /** Step and value of the newest point of one quantity. */
  last(name: string): { step: number; value: number } | null {
    const { steps, values } = this.#of(name)
    const [step, value] = [steps.at(-1), values.at(-1)]
    return step === undefined || value === undefined ? null : { step, value }
  }

  #of(name: string): Tail {
    const known = this.#tails.get(name)
    if (known) return known
    const tail: Tail = { steps: [], values: [] }
    this.#tails.set(name, tail)
    return tail
  }
}
