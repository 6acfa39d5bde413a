/**
 * The cut of least cost between source and sink on a grid of pixels, each joined to its eight
 * neighbours: by the augmenting paths of Boykov and Kolmogorov (PAMI 2004), whose two search trees
 * are kept from path to path.
 */

/** Steps to the neighbours; the opposite of `d` is `7 - d`. */
const STEPS_X = [-1, 0, 1, -1, 1, -1, 0, 1] as const
const STEPS_Y = [-1, -1, -1, 0, 0, 1, 1, 1] as const
export const DIRECTIONS = 8
/** Those that lead to a later pixel: each pair of neighbours once. */
export const FORWARD = [4, 5, 6, 7] as const

const FREE = 0
const SOURCE = 1
const SINK = 2
/** Parents that are no direction. */
const NONE = 8
const ROOT = 9

/** Cuts grids of one size; its buffers are allocated once. */
export class GridCut {
  readonly height: number
  readonly width: number
  /** By direction: how far the neighbour is in the arrays. */
  readonly offsets: readonly number[]
  /** [8, H * W]: what each pixel can still send to its neighbour. */
  private readonly room: Float64Array
  /** [H * W]: what source (positive) or sink (negative) can still send or take. */
  private readonly rest: Float64Array
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
    this.offsets = STEPS_X.map((x, d) => STEPS_Y[d] * width + x)
    const pixels = height * width
    this.room = new Float64Array(DIRECTIONS * pixels)
    this.rest = new Float64Array(pixels)
    this.tree = new Uint8Array(pixels)
    this.parent = new Uint8Array(pixels)
    this.depth = new Int32Array(pixels)
    this.stamp = new Int32Array(pixels)
    this.inQueue = new Uint8Array(pixels)
    this.queue = new Int32Array(pixels)
  }

  /** Whether a pixel has a neighbour in this direction. */
  hasNeighbour(x: number, y: number, d: number): boolean {
    const [nx, ny] = [x + STEPS_X[d], y + STEPS_Y[d]]
    return nx >= 0 && ny >= 0 && nx < this.width && ny < this.height
  }

  /**
   * @param prefer [H, W]: what it costs to leave a pixel on the side of the sink (positive) or of
   *   the source (negative)
   * @param links [4, H, W]: what it costs to part a pixel from its neighbour to the right, lower
   *   left, below and lower right, at least 0; what leads out of the grid does not count
   * @param side [H, W] u8; receives 1 on the side of the source, and 0; what is joined to neither
   *   gets 0
   */
  cut(prefer: Float32Array, links: Float32Array, side: Uint8Array): void {
    this.prepare(prefer, links)
    for (let p = this.nextActive(); p >= 0; p = this.nextActive()) this.growFrom(p)
    for (let p = 0; p < side.length; p++) side[p] = this.tree[p] === SOURCE ? 1 : 0
  }

  private prepare(prefer: Float32Array, links: Float32Array): void {
    const { rest, tree, parent, room, height, width, offsets } = this
    const pixels = rest.length
    room.fill(0)
    for (const [i, d] of FORWARD.entries()) {
      for (let y = 0, p = 0; y < height; y++) {
        for (let x = 0; x < width; x++, p++) {
          if (!this.hasNeighbour(x, y, d)) continue
          room[d * pixels + p] = links[i * pixels + p]
          room[(7 - d) * pixels + p + offsets[d]] = links[i * pixels + p]
        }
      }
    }
    this.head = this.waiting = this.time = 0
    this.stamp.fill(0)
    this.inQueue.fill(0)
    this.orphans = []
    for (let p = 0; p < pixels; p++) {
      rest[p] = prefer[p]
      tree[p] = prefer[p] > 0 ? SOURCE : prefer[p] < 0 ? SINK : FREE
      parent[p] = tree[p] === FREE ? NONE : ROOT
      this.depth[p] = tree[p] === FREE ? 0 : 1
      if (tree[p] !== FREE) this.activate(p)
    }
  }

  private activate(p: number): void {
    if (this.inQueue[p] === 1) return
    this.inQueue[p] = 1
    this.queue[(this.head + this.waiting++) % this.queue.length] = p
  }

  /** The next pixel that may grow; -1 at the end. */
  private nextActive(): number {
    while (this.waiting > 0) {
      const p = this.queue[this.head]
      this.head = (this.head + 1) % this.queue.length
      this.waiting--
      this.inQueue[p] = 0
      if (this.tree[p] !== FREE) return p
    }
    return -1
  }

  /** What can still be sent along a tree's step from pixel to neighbour. */
  private roomOf(p: number, d: number, tree: number): number {
    const { room, rest, offsets } = this
    return tree === SOURCE
      ? room[d * rest.length + p]
      : room[(7 - d) * rest.length + p + offsets[d]]
  }

  /** Grows the tree of a pixel to its neighbours, and sends along the paths that are found. */
  private growFrom(p: number): void {
    const { tree, parent, depth, stamp, offsets } = this
    const x = p % this.width
    const y = (p - x) / this.width
    for (let d = 0; d < DIRECTIONS; d++) {
      const own = tree[p]
      if (own === FREE) return
      if (!this.hasNeighbour(x, y, d)) continue
      const q = p + offsets[d]
      if (tree[q] === own || this.roomOf(p, d, own) <= 0) {
        this.shorten(p, q, d, own)
        continue
      }
      if (tree[q] === FREE) {
        tree[q] = own
        parent[q] = 7 - d
        depth[q] = depth[p] + 1
        stamp[q] = stamp[p]
        this.activate(q)
        continue
      }
      // The trees meet: the pixel stays active, since it may find more paths.
      this.activate(p)
      if (own === SOURCE) this.augment(p, d)
      else this.augment(q, 7 - d)
      this.adopt()
      return
    }
  }

  /** A neighbour of the same tree that is farther from the root gets this pixel as its parent. */
  private shorten(p: number, q: number, d: number, own: number): void {
    const { tree, depth, stamp, parent } = this
    if (tree[q] !== own || parent[q] === ROOT || this.roomOf(p, d, own) <= 0) return
    if (stamp[q] > stamp[p] || depth[q] <= depth[p] + 1) return
    parent[q] = 7 - d
    stamp[q] = stamp[p]
    depth[q] = depth[p] + 1
  }

  /** Sends what the path over the step from `p` in direction `d` can take. */
  private augment(p: number, d: number): void {
    const { room, rest, offsets } = this
    const pixels = rest.length
    const q = p + offsets[d]
    let most = room[d * pixels + p]
    most = Math.min(most, this.bottleneck(p, SOURCE), this.bottleneck(q, SINK))
    room[d * pixels + p] -= most
    room[(7 - d) * pixels + q] += most
    this.send(p, SOURCE, most)
    this.send(q, SINK, most)
    this.time++
  }

  private bottleneck(from: number, tree: number): number {
    const { parent, offsets, rest, room } = this
    let most = Infinity
    let p = from
    for (let d = parent[p]; d !== ROOT; d = parent[p]) {
      const q = p + offsets[d]
      const left = tree === SOURCE ? room[(7 - d) * rest.length + q] : room[d * rest.length + p]
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
      const [along, back] =
        tree === SOURCE
          ? [(7 - d) * pixels + q, d * pixels + p]
          : [d * pixels + p, (7 - d) * pixels + q]
      room[along] -= most
      room[back] += most
      if (room[along] <= 0) this.orphan(p)
      p = q
    }
    rest[p] -= tree === SOURCE ? most : -most
    if (tree === SOURCE ? rest[p] <= 0 : rest[p] >= 0) {
      rest[p] = 0
      this.orphan(p)
    }
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
    const { tree, parent, depth, stamp, offsets } = this
    const own = tree[p]
    const x = p % this.width
    const y = (p - x) / this.width
    let [best, least] = [NONE, Infinity]
    for (let d = 0; d < DIRECTIONS; d++) {
      if (!this.hasNeighbour(x, y, d)) continue
      const q = p + offsets[d]
      if (tree[q] !== own || parent[q] === NONE || this.roomOf(q, 7 - d, own) <= 0) continue
      const steps = this.depthOf(q)
      if (steps < least) [best, least] = [d, steps]
    }
    if (best !== NONE) {
      parent[p] = best
      stamp[p] = this.time
      depth[p] = least + 1
      return
    }
    for (let d = 0; d < DIRECTIONS; d++) {
      if (!this.hasNeighbour(x, y, d)) continue
      const q = p + offsets[d]
      if (tree[q] !== own) continue
      if (this.roomOf(q, 7 - d, own) > 0) this.activate(q)
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
