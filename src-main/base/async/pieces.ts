import { setImmediate as breathe } from 'node:timers/promises'

/** Time that long work may hold the host's process in one go, in ms. */
const PIECE = 8

/** Cuts long work into pieces, so that the host answers others meanwhile. */
export class Pieces {
  private begun = performance.now()

  /** Lets others have their turn when this one has been long enough. Ask every millisecond or so. */
  async pause(): Promise<void> {
    if (performance.now() - this.begun < PIECE) return
    await breathe()
    this.begun = performance.now()
  }
}

/**
 * Sorts `items` in place by merging, in pieces; equal items keep their order.
 * @param compare negative where a comes before b
 */
export async function sortInPieces(
  items: Int32Array<ArrayBuffer>,
  compare: (a: number, b: number) => number,
  pieces: Pieces,
): Promise<void> {
  for (let at = 0; at < items.length; at += RUN) {
    items.subarray(at, at + RUN).sort(compare)
    await pieces.pause()
  }
  let from = items
  let to = new Int32Array(items.length)
  for (let width = RUN; width < items.length; width *= 2) {
    await mergeRuns(from, to, width, compare, pieces)
    ;[from, to] = [to, from]
  }
  if (from !== items) items.set(from)
}

/** Items sorted in one go, and merged between two looks at the clock. */
const RUN = 1024

async function mergeRuns(
  from: Int32Array,
  to: Int32Array,
  width: number,
  compare: (a: number, b: number) => number,
  pieces: Pieces,
): Promise<void> {
  for (let start = 0; start < from.length; start += 2 * width) {
    const middle = Math.min(start + width, from.length)
    const end = Math.min(start + 2 * width, from.length)
    let left = start
    let right = middle
    for (let at = start; at < end; at++) {
      const takeLeft = left < middle && (right >= end || compare(from[left], from[right]) <= 0)
      to[at] = takeLeft ? from[left++] : from[right++]
      if (at % RUN === 0) await pieces.pause()
    }
  }
}
