import { messageOf } from '../../base/message-of.ts'
import { TrainerTurns } from './trainer-turns.ts'

interface Waiting {
  work: () => Promise<void>
  order: () => number
}

/** Lets one trainer run at a time: runs and evaluations share the machine's memory and cores. */
export class TrainerSlot {
  private waiting: Waiting[] = []
  private busy: Promise<void> | null = null
  private working = false
  private readonly closing = new AbortController()
  private readonly turns: TrainerTurns

  /** @param turns shared by the projects of a host */
  constructor(turns = new TrainerTurns()) {
    this.turns = turns
  }

  /** Whether work would be begun at once. */
  get isFree(): boolean {
    return this.busy === null && this.turns.isFree && !this.closed
  }

  /** Whether another project has the trainer. */
  get isElsewhere(): boolean {
    return !this.turns.isFree && !this.working
  }

  private get closed(): boolean {
    return this.closing.signal.aborted
  }

  /**
   * Does the work when its turn comes. Work that rejects is reported, and the next has its turn.
   * @param order the least goes first, of equals the one that came first; asked when the trainer is
   * free, so that it may change while the work waits
   */
  add(work: () => Promise<void>, order: () => number): void {
    this.waiting.push({ work, order })
    this.busy ??= this.drain()
  }

  /** Starts nothing more; resolves when the current work has ended. */
  async close(): Promise<void> {
    this.closing.abort()
    await this.busy
  }

  private async drain(): Promise<void> {
    // Whoever adds work goes on first, and sees it as still waiting.
    await Promise.resolve()
    while (this.waiting.length > 0) {
      const endTurn = await this.turns.take(this.closing.signal)
      if (!endTurn) break
      this.working = true
      try {
        if (!this.closed) await this.next()?.work().catch(reportFailure)
      } finally {
        this.working = false
        endTurn()
      }
    }
    this.busy = null
  }

  private next(): Waiting | undefined {
    const [first] = this.waiting
      .map((entry) => ({ entry, order: orderOf(entry) }))
      .sort((a, b) => a.order - b.order)
    this.waiting = this.waiting.filter((entry) => entry !== first?.entry)
    return first?.entry
  }
}

/** Work whose place cannot be told, of a store that is closed perhaps, comes last and says why itself. */
function orderOf({ order }: Waiting): number {
  try {
    return order()
  } catch {
    return Infinity
  }
}

function reportFailure(error: unknown): void {
  process.stderr.write(`A job ended without a result (${messageOf(error)}).\n`)
}
