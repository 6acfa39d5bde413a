import type { Communicator } from './communicator.ts'
import { addressOf, type MpiLibrary } from './library.ts'
import { LOST_AFTER } from './patience.ts'
import { SingleCall } from './single-call.ts'

/** Time between two heartbeats, in ms. */
const BEAT_EVERY = 1000
const TAG = 7
/** What a message says in place of a lost rank: that its sender is well. */
const WELL = -1

/** Another rank, as far as this one listens to it. */
interface Peer {
  rank: number
  heard: Int32Array<SharedArrayBuffer>
  request: bigint
  since: number
}

/**
 * Rank 0 and every other rank send each other a sign of life once a second, over a communicator of
 * their own; rank 0 tells the others which rank it has lost.
 */
export class Heartbeats {
  private readonly mpi: MpiLibrary
  private readonly communicator: Communicator
  private readonly handle: bigint
  private readonly peers: Peer[]
  private readonly word = new Int32Array(new SharedArrayBuffer(4))
  /** Signs of life that are not yet out, by peer: a rank that stands still takes none. */
  private readonly sending = new Map<number, SingleCall>()
  private sentAt = 0

  constructor(mpi: MpiLibrary, communicator: Communicator) {
    this.mpi = mpi
    this.communicator = communicator
    this.handle = communicator.duplicate()
    this.word[0] = WELL
    const { rank, size } = communicator
    const ranks = rank === 0 ? Array.from({ length: size - 1 }, (_, i) => i + 1) : [0]
    const since = performance.now()
    this.peers = ranks.map((other) => {
      const heard = new Int32Array(new SharedArrayBuffer(4))
      const peer = { rank: other, heard, request: communicator.requests.take(), since }
      this.listen(peer)
      return peer
    })
  }

  /**
   * Sends and hears what is due.
   * @param isWell whether this rank's main thread lives; it is asked once a second
   * @returns which rank is lost and why this one thinks so; null while all live
   */
  beat(isWell: () => boolean): string | null {
    const now = performance.now()
    if (now - this.sentAt >= BEAT_EVERY) {
      this.sentAt = now
      if (isWell()) this.send()
    }
    for (const peer of this.peers) {
      while (this.communicator.test(peer.request)) {
        if (peer.heard[0] !== WELL) return lost(peer.heard[0])
        peer.since = now
        this.listen(peer)
      }
      if (now - peer.since > LOST_AFTER) return this.lose(peer.rank)
    }
    return null
  }

  /** Stops to listen; nothing comes any more. */
  end(): void {
    for (const { request } of this.peers) {
      this.mpi.call.MPI_Cancel(request)
      this.mpi.call.MPI_Request_free(request)
    }
  }

  private listen({ rank, heard, request }: Peer): void {
    const { call, int32 } = this.mpi
    const code = call.MPI_Irecv(...[addressOf(heard), 1, int32, rank, TAG, this.handle, request])
    this.communicator.check('MPI_Irecv', code)
  }

  private lose(rank: number): string {
    this.word[0] = rank
    this.send()
    return lost(rank)
  }

  private send(): void {
    const { call, int32 } = this.mpi
    for (const { rank } of this.peers) {
      if (this.sending.get(rank)?.advance() === false) continue
      const begin = (request: bigint): void => {
        const code = call.MPI_Isend(
          ...[addressOf(this.word), 1, int32, rank, TAG, this.handle, request],
        )
        this.communicator.check('MPI_Isend', code)
      }
      this.sending.set(rank, new SingleCall(this.communicator, begin))
    }
  }
}

function lost(rank: number): string {
  return (
    `Rank ${rank} has not answered for ${LOST_AFTER / 1000} s: its process or its machine is gone or ` +
    'stands still.'
  )
}
