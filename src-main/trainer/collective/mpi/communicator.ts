import { CollectiveError } from '../collective.ts'
import { addressOf, IN_PLACE, NO_STATUS, type MpiLibrary, type Word } from './library.ts'

type Floats = Float32Array<SharedArrayBuffer>
type Halves = Uint16Array<SharedArrayBuffer>

/** Requests of MPI: 8 bytes each at a fixed place, used again and again. */
class Requests {
  private readonly free: bigint[] = []

  take(): bigint {
    if (this.free.length === 0) this.grow()
    return this.free.pop()!
  }

  give(request: bigint): void {
    this.free.push(request)
  }

  private grow(): void {
    // Its memory must outlive every request in it.
    const block = new BigUint64Array(new SharedArrayBuffer(8 * 256))
    blocks.push(block)
    const start = addressOf(block)
    for (let i = 0; i < block.length; i++) this.free.push(start + 8n * BigInt(i))
  }
}

const blocks: BigUint64Array<SharedArrayBuffer>[] = []

/**
 * The calls of MPI that the collective makes, none of which waits. What they take must not move, so all
 * of it is shared memory.
 */
export class Communicator {
  readonly rank: number
  readonly size: number
  readonly requests = new Requests()
  /** For the calls whose place in the order of the others is not the main thread's. */
  private readonly second: bigint
  private readonly mpi: MpiLibrary
  private readonly handle: bigint
  private readonly answer = new Int32Array(new SharedArrayBuffer(4))
  private readonly answerAt = addressOf(this.answer)

  /** @param mpi initialised */
  constructor(mpi: MpiLibrary) {
    this.mpi = mpi
    this.handle = this.duplicate()
    this.second = this.duplicate()
    this.rank = this.ask(mpi.call.MPI_Comm_rank)
    this.size = this.ask(mpi.call.MPI_Comm_size)
  }

  /** Another communicator of the same ranks; all of them ask for it at the same time. */
  duplicate(): bigint {
    const { call, world, errorsReturn } = this.mpi
    const handle = new BigUint64Array(new SharedArrayBuffer(8))
    this.check('MPI_Comm_dup', call.MPI_Comm_dup(world, addressOf(handle)))
    // A call that fails says so, rather than ending the process without a word.
    call.MPI_Comm_set_errhandler(handle[0], errorsReturn)
    return handle[0]
  }

  private ask(call: (...words: Word[]) => number): number {
    call(this.mpi.world, this.answerAt)
    return this.answer[0]
  }

  test(request: bigint): boolean {
    this.check('MPI_Test', this.mpi.call.MPI_Test(request, this.answerAt, NO_STATUS))
    return this.answer[0] !== 0
  }

  sum(values: Floats, request: bigint): void {
    const { call, float, sum } = this.mpi
    const at = addressOf(values)
    const code = call.MPI_Iallreduce(
      ...[IN_PLACE, at, values.length, float, sum, this.handle, request],
    )
    this.check('MPI_Iallreduce', code)
  }

  gather(values: Floats, all: Floats, request: bigint): void {
    const { call, float } = this.mpi
    const { length } = values
    const [from, to] = [addressOf(values), addressOf(all)]
    const code = call.MPI_Iallgather(
      ...[from, length, float, to, length, float, this.handle, request],
    )
    this.check('MPI_Iallgather', code)
  }

  broadcast(bytes: Uint8Array<SharedArrayBuffer>, request: bigint): void {
    const { call, byte } = this.mpi
    const code = call.MPI_Ibcast(addressOf(bytes), bytes.length, byte, 0, this.handle, request)
    this.check('MPI_Ibcast', code)
  }

  barrier(request: bigint): void {
    this.check('MPI_Ibarrier', this.mpi.call.MPI_Ibarrier(this.handle, request))
  }

  /** Sends each rank its part of `mine`; gets this rank's part of all of theirs, in rank order. */
  exchange(mine: Halves, theirs: Halves, request: bigint): void {
    const { call, uint16 } = this.mpi
    const part = mine.length / this.size
    const [from, to] = [addressOf(mine), addressOf(theirs)]
    const code = call.MPI_Ialltoall(...[from, part, uint16, to, part, uint16, this.handle, request])
    this.check('MPI_Ialltoall', code)
  }

  /** Every rank's part at every rank. */
  collect(part: Halves, all: Halves, request: bigint): void {
    const { call, uint16 } = this.mpi
    const { length } = part
    const [from, to] = [addressOf(part), addressOf(all)]
    const code = call.MPI_Iallgather(
      ...[from, length, uint16, to, length, uint16, this.second, request],
    )
    this.check('MPI_Iallgather', code)
  }

  /** @throws CollectiveError when MPI says that a call has failed */
  check(name: string, code: number): void {
    if (code === 0) return
    throw new CollectiveError(
      `${name} failed at rank ${this.rank ?? '?'} with Open MPI's error ${code}: another rank or the ` +
        'network is gone.',
    )
  }
}
