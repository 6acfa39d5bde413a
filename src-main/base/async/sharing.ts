import { WorkbenchError } from '../workbench-error.ts'

/** Asks at most once in `freshFor` milliseconds for all callers; a failure is not remembered. */
export function remembered<T>(
  ask: () => Promise<T>,
  freshFor: number,
): (() => Promise<T>) & { forget(): void } {
  let answer: { value: Promise<T>; until: number } | null = null
  const give = (): Promise<T> => {
    if (answer && performance.now() < answer.until) return answer.value
    const fresh = { value: ask(), until: performance.now() + freshFor }
    fresh.value.catch(() => {
      if (answer === fresh) answer = null
    })
    answer = fresh
    return fresh.value
  }
  return Object.assign(give, { forget: () => (answer = null) })
}

interface Turn {
  signal: AbortSignal | undefined
  ended: Promise<null>
}

/**
 * Lets one job run at a time. One that has been given up is waited for, so that a page which is
 * loaded again can start it again; beside any other the next is refused.
 */
export class OneAtATime {
  private readonly refusal: string
  private turn: Turn | null = null

  /** @param refusal what the second caller is told: fact and remedy */
  constructor(refusal: string) {
    this.refusal = refusal
  }

  /** @throws WorkbenchError while another job runs */
  async *run<T>(
    start: () => AsyncIterable<T>,
    signal?: AbortSignal,
  ): AsyncGenerator<T, void, undefined> {
    while (this.turn) {
      if (!this.turn.signal?.aborted) throw new WorkbenchError(this.refusal)
      await this.turn.ended
    }
    const { promise: ended, resolve: end } = Promise.withResolvers<null>()
    this.turn = { signal, ended }
    try {
      yield* start()
    } finally {
      this.turn = null
      end(null)
    }
  }

  /** The same for work that ends by itself. @throws WorkbenchError while a job runs */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    for await (const result of this.run(() => once(work))) return result
    throw new Error('Work gave no result.')
  }
}

async function* once<T>(work: () => Promise<T>): AsyncGenerator<T, void, undefined> {
  yield await work()
}
