import { roundTo, widenTo } from './bfloat16.ts'
import type { Communicator } from './communicator.ts'
import { SingleCall, type Operation } from './single-call.ts'

type Halves = Uint16Array<SharedArrayBuffer>

/** What the rounded sums of a process share: memory, and the order of their second halves. */
export class RoundedSums {
  private readonly free = new Map<number, Halves[]>()
  /** Those whose second exchange has not begun, the oldest first. */
  readonly order: RoundedSum[] = []

  take(length: number): Halves {
    return this.free.get(length)?.pop() ?? new Uint16Array(new SharedArrayBuffer(2 * length))
  }

  give(halves: Halves): void {
    this.free.set(halves.length, [...(this.free.get(halves.length) ?? []), halves])
  }
}

/**
 * A sum that travels as bfloat16. Every rank rounds its values and sends each rank one part of them;
 * that one adds what it got in float32, in rank order, rounds the sums and sends them to all. So all
 * ranks have the same bits, and 4 bytes a value cross the wire where float32 would need 8.
 */
export class RoundedSum implements Operation {
  private readonly communicator: Communicator
  private readonly shared: RoundedSums
  private readonly values: Float32Array<SharedArrayBuffer>
  /** Of one rank. */
  private readonly part: number
  private readonly mine: Halves
  private readonly theirs: Halves
  private exchange: SingleCall
  private stage: 'scatter' | 'turn' | 'collect' = 'scatter'

  constructor(
    communicator: Communicator,
    shared: RoundedSums,
    values: Float32Array<SharedArrayBuffer>,
  ) {
    const { size } = communicator
    this.communicator = communicator
    this.shared = shared
    this.values = values
    this.part = Math.ceil(values.length / size)
    this.mine = shared.take(this.part * size)
    this.theirs = shared.take(this.part * size)
    roundTo(values, this.mine)
    this.mine.fill(0, values.length)
    this.exchange = new SingleCall(communicator, (request) =>
      communicator.exchange(this.mine, this.theirs, request),
    )
    shared.order.push(this)
  }

  advance(): boolean {
    switch (this.stage) {
      case 'scatter':
        if (!this.exchange.advance()) return false
        this.addUp()
        this.stage = 'turn'
        return this.takeTurn()
      case 'turn':
        return this.takeTurn()
      case 'collect':
        if (!this.exchange.advance()) return false
        widenTo(this.theirs.subarray(0, this.values.length), this.values)
        this.shared.give(this.mine)
        this.shared.give(this.theirs)
        return true
    }
  }

  /** Leaves the rounded sums of this rank's part at the start of `mine`. */
  private addUp(): void {
    const { part, theirs, communicator } = this
    const sums = new Float32Array(part)
    const one = new Float32Array(part)
    for (let rank = 0; rank < communicator.size; rank++) {
      widenTo(theirs.subarray(rank * part, (rank + 1) * part), one)
      for (let i = 0; i < part; i++) sums[i] += one[i]
    }
    roundTo(sums, this.mine.subarray(0, part))
  }

  /** MPI wants the calls of all ranks in one order, so the second exchanges begin as the sums did. */
  private takeTurn(): boolean {
    if (this.shared.order[0] !== this) return false
    this.shared.order.shift()
    const sums = this.mine.subarray(0, this.part)
    this.exchange = new SingleCall(this.communicator, (request) =>
      this.communicator.collect(sums, this.theirs, request),
    )
    this.stage = 'collect'
    return false
  }
}
