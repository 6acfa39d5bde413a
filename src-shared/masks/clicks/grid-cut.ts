/**
 * The cut of least cost between source and sink on a grid of pixels, each joined to its eight
 * neighbours: by the augmenting paths of Boykov and Kolmogorov (PAMI 2004), whose two search trees
 * are kept from path to path.
 */

/** Steps to the neighbours; the opposite of `d` is `7 - d`. */
const STEPS_X = [-1, 0, 1, -1, 1, -1, 0, 1] as const
const STEPS_Y = [-1, -1, -1, 0, 0, 1, 1, 1] as const
const DIRECTIONS = 8
/** Those that lead to a later pixel, so to each pair of neighbours once: right, lower left, below, lower right. */
export const FORWARD = [4, 5, 6, 7] as const

/** How far in an array of [H, W] the neighbours are in the directions of `FORWARD`. */
export function forwardSteps(width: number): number[] {
  return FORWARD.map((d) => STEPS_Y[d] * width + STEPS_X[d])
}

/** Whether a pixel has a neighbour in this direction. */
export function hasNeighbour(
  p: number,
  d: number,
  { width, height }: { width: number; height: number },
): boolean {
  const x = (p % width) + STEPS_X[d]
  const y = Math.floor(p / width) + STEPS_Y[d]
  return x >= 0 && y >= 0 && x < width && y < height
}

const FREE = 0
const SOURCE = 1
const SINK = 2
/** Parents that are no direction. */
const NONE = 8
const ROOT = 9

/**
 * Cuts grids of one size; its buffers are allocated once. Around the grid lies a border of one pixel
 * that nothing leads to, so that every pixel has eight neighbours.
 */
export class GridCut {
  readonly height: number
  readonly width: number
  /** By direction: how far the neighbour is in the arrays. */
  private readonly offsets: Int32Array
  /** [8, pixels]: what each pixel can still send to its neighbour. */
  private readonly room: Float32Array
  /** [pixels]: what source (positive) or sink (negative) can still send or take. */
  private readonly rest: Float32Array
  private readonly tree: Uint8Array
  private readonly parent: Uint8Array
  /** Steps to the root, and when they were counted. */
  private readonly depth: Int32Array
  private readonly stamp: Int32Array
  private readonly inQueue: Uint8Array
  private readonly queue: Int32Array
  private head = 0
  private waiting = 0
  private orphans: number[] = []
  private time = 0

  /** @param height in pixels @param width in pixels */
  constructor(height: number, width: number) {
    this.height = height
    this.width = width
    this.offsets = Int32Array.from(STEPS_X, (x, d) => STEPS_Y[d] * (width + 2) + x)
    const pixels = (height + 2) * (width + 2)
    this.room = new Float32Array(DIRECTIONS * pixels)
    this.rest = new Float32Array(pixels)
    this.tree = new Uint8Array(pixels)
    this.parent = new Uint8Array(pixels)
    this.depth = new Int32Array(pixels)
    this.stamp = new Int32Array(pixels)
    this.inQueue = new Uint8Array(pixels)
    this.queue = new Int32Array(pixels)
  }

  /**
   * @param prefer [H, W]: what it costs to leave a pixel on the side of the sink (positive) or of
   *   the source (negative)
   * @param links [4, H, W]: what it costs to part a pixel from its neighbour in the directions of
   *   `FORWARD`, at least 0; what leads out of the grid does not count
   * @param side [H, W] u8; receives 1 on the side of the source, and 0; what is joined to neither
   *   gets 0
   */
  cut(prefer: Float32Array, links: Float32Array, side: Uint8Array): void {
    this.prepare(prefer, links)
    for (let p = this.nextActive(); p >= 0; p = this.nextActive()) this.growFrom(p)
    for (let p = 0; p < side.length; p++) side[p] = this.tree[this.placeOf(p)] === SOURCE ? 1 : 0
  }

  /** Where a pixel of the grid lies in the arrays. */
  private placeOf(p: number): number {
    const x = p % this.width
    return ((p - x) / this.width + 1) * (this.width + 2) + x + 1
  }

  private prepare(prefer: Float32Array, links: Float32Array): void {
    const { rest, tree, parent, room, offsets } = this
    const pixels = rest.length
    room.fill(0)
    this.stamp.fill(0)
    this.inQueue.fill(0)
    this.head = this.waiting = this.time = 0
    this.orphans = []
    for (let i = 0; i < prefer.length; i++) {
      const p = this.placeOf(i)
      for (let f = 0; f < FORWARD.length; f++) {
        const d = FORWARD[f]
        if (!hasNeighbour(i, d, this)) continue
        const link = links[f * prefer.length + i]
        room[d * pixels + p] = link
        room[(7 - d) * pixels + p + offsets[d]] = link
      }
      rest[p] = prefer[i]
      tree[p] = prefer[i] > 0 ? SOURCE : prefer[i] < 0 ? SINK : FREE
      parent[p] = tree[p] === FREE ? NONE : ROOT
      this.depth[p] = tree[p] === FREE ? 0 : 1
      if (tree[p] !== FREE) this.activate(p)
    }
  }

  private activate(p: number): void {
    if (this.inQueue[p] === 1) return
    this.inQueue[p] = 1
    const at = this.head + this.waiting++
    this.queue[at < this.queue.length ? at : at - this.queue.length] = p
  }

  /** The next pixel that may grow; -1 at the end. */
  private nextActive(): number {
    while (this.waiting > 0) {
      const p = this.queue[this.head]
      this.head = this.head + 1 < this.queue.length ? this.head + 1 : 0
      this.waiting--
      this.inQueue[p] = 0
      if (this.tree[p] !== FREE) return p
    }
    return -1
  }

  /** Grows the tree of a pixel to its neighbours, and sends along the paths that are found. */
  private growFrom(p: number): void {
    const { tree, parent, depth, stamp, offsets, room, rest } = this
    const pixels = rest.length
    const own = tree[p]
    for (let d = 0; d < DIRECTIONS; d++) {
      const q = p + offsets[d]
      const left = own === SOURCE ? room[d * pixels + p] : room[(7 - d) * pixels + q]
      if (left <= 0) continue
      const other = tree[q]
      if (other === own) {
        // It gets this pixel as its parent where that is nearer to the root.
        if (parent[q] !== ROOT && stamp[q] <= stamp[p] && depth[q] > depth[p] + 1) {
          parent[q] = 7 - d
          stamp[q] = stamp[p]
          depth[q] = depth[p] + 1
        }
      } else if (other === FREE) {
        tree[q] = own
        parent[q] = 7 - d
        depth[q] = depth[p] + 1
        stamp[q] = stamp[p]
        this.activate(q)
      } else {
        // The trees meet: the pixel stays active, since it may find more paths.
        this.activate(p)
        if (own === SOURCE) this.augment(p, d)
        else this.augment(q, 7 - d)
        this.adopt()
        return
      }
    }
  }

  /** Sends what the path over the step from `p` in direction `d` can take. */
  private augment(p: number, d: number): void {
    const { room, rest, offsets } = this
    const q = p + offsets[d]
    const there = d * rest.length + p
    const back = (7 - d) * rest.length + q
    const most = Math.min(room[there], this.bottleneck(p, SOURCE), this.bottleneck(q, SINK))
    room[there] -= most
    room[back] += most
    this.send(p, SOURCE, most)
    this.send(q, SINK, most)
    this.time++
  }

  private bottleneck(from: number, tree: number): number {
    const { parent, offsets, rest, room } = this
    const pixels = rest.length
    let most = Infinity
    let p = from
    for (let d = parent[p]; d !== ROOT; d = parent[p]) {
      const q = p + offsets[d]
      const left = tree === SOURCE ? room[(7 - d) * pixels + q] : room[d * pixels + p]
      if (left < most) most = left
      p = q
    }
    return Math.min(most, Math.abs(rest[p]))
  }

  private send(from: number, tree: number, most: number): void {
    const { parent, offsets, rest, room } = this
    const pixels = rest.length
    let p = from
    for (let d = parent[p]; d !== ROOT; d = parent[p]) {
      const q = p + offsets[d]
      const out = d * pixels + p
      const home = (7 - d) * pixels + q
      const along = tree === SOURCE ? home : out
      room[along] -= most
      room[tree === SOURCE ? out : home] += most
      if (room[along] <= 0) this.orphan(p)
      p = q
    }
    rest[p] -= tree === SOURCE ? most : -most
    if (tree === SOURCE ? rest[p] <= 0 : rest[p] >= 0) this.orphan(p)
  }

  private orphan(p: number): void {
    this.parent[p] = NONE
    this.orphans.push(p)
  }

  /** Finds new parents for the pixels that lost theirs, or frees them. */
  private adopt(): void {
    for (let at = 0; at < this.orphans.length; at++) this.adoptOne(this.orphans[at])
    this.orphans.length = 0
  }

  private adoptOne(p: number): void {
    const { tree, parent, depth, stamp, offsets, room, rest } = this
    const pixels = rest.length
    const own = tree[p]
    let best = NONE
    let least = Infinity
    for (let d = 0; d < DIRECTIONS; d++) {
      const q = p + offsets[d]
      if (tree[q] !== own || parent[q] === NONE) continue
      const left = own === SOURCE ? room[(7 - d) * pixels + q] : room[d * pixels + p]
      if (left <= 0) continue
      const steps = this.depthOf(q)
      if (steps >= least) continue
      best = d
      least = steps
    }
    if (best !== NONE) {
      parent[p] = best
      stamp[p] = this.time
      depth[p] = least + 1
      return
    }
    for (let d = 0; d < DIRECTIONS; d++) {
      const q = p + offsets[d]
      if (tree[q] !== own) continue
      const left = own === SOURCE ? room[(7 - d) * pixels + q] : room[d * pixels + p]
      if (left > 0) this.activate(q)
      if (parent[q] === 7 - d) this.orphan(q)
    }
    tree[p] = FREE
  }

  /** Steps from a pixel to its root; Infinity where the way ends at an orphan. */
  private depthOf(from: number): number {
    const { parent, depth, stamp, offsets, time } = this
    let p = from
    let steps = 0
    while (stamp[p] !== time) {
      const d = parent[p]
      if (d === NONE) return Infinity
      steps++
      if (d === ROOT) {
        stamp[p] = time
        depth[p] = 1
        return this.mark(from, steps)
      }
      p += offsets[d]
    }
    return this.mark(from, steps + depth[p])
  }

  /** Keeps the steps that were counted on the way to the root. */
  private mark(from: number, steps: number): number {
    const { parent, depth, stamp, offsets, time } = this
    let left = steps
    for (let p = from; stamp[p] !== time; p += offsets[parent[p]]) {
      stamp[p] = time
      depth[p] = left--
    }
    return steps
  }
}
