/**
 * Labels of a first frame carried through a video by features: each cell takes the labels of the cells
 * of earlier frames that are most like it (Jabri et al., CRW, NeurIPS 2020; Caron et al., DINO, ICCV
 * 2021). The features come from any network.
 */
export interface PropagationProtocol {
  /** Earlier frames that are looked at beside the first one. */
  context: number
  /** Cells around a cell in which it looks for its like. */
  radius: number
  /** A square reaches `radius` cells to each side; a disc has all cells nearer than `radius`. */
  window: 'square' | 'disc'
  /** Whether the window holds in the first frame as well. */
  windowInFirst: boolean
  /** Cells that give a cell its labels, of all frames together. */
  topK: number
  temperature: number
}

/** DINO's eval_video_segmentation.py. */
export const dinoProtocol: PropagationProtocol = {
  context: 7,
  radius: 12,
  window: 'square',
  windowInFirst: true,
  topK: 5,
  temperature: 0.1,
}

/** CRW's test.py as its README runs it. */
export const crwProtocol: PropagationProtocol = {
  context: 20,
  radius: 12,
  window: 'disc',
  windowInFirst: false,
  topK: 10,
  temperature: 0.05,
}

export interface Grid {
  height: number
  width: number
}

/** What is known of one frame. */
interface Known {
  /** [h*w, C], each cell of length 1. */
  features: Float32Array
  /** [h*w, L], shares that sum to 1. */
  labels: Float32Array
}

/** Cosines of all cells of two frames, [h*w of the first, h*w of the second]. */
export type Similarity = (features: Float32Array, others: Float32Array) => Float32Array

export interface PropagationOptions {
  grid: Grid
  /** Labels L, background included. */
  labels: number
  protocol: PropagationProtocol
  /** Default: computed cell by cell within the window. */
  similarity?: Similarity
}

/** Carries labels on, one frame after the other. */
export class LabelPropagation {
  private readonly options: PropagationOptions
  private readonly first: Known
  private readonly recent: Known[] = []

  /** @param first features [h*w, C] of length 1 a cell, and labels [h*w, L] that sum to 1 a cell */
  constructor(first: Known, options: PropagationOptions) {
    this.first = first
    this.options = options
  }

  /**
   * @param features of the next frame, [h*w, C], each cell of length 1
   * @returns its labels, [h*w, L], which sum to 1 a cell
   */
  next(features: Float32Array): Float32Array {
    const { context } = this.options.protocol
    const labels = this.labelsOf(features)
    this.recent.push({ features, labels })
    if (this.recent.length > context) this.recent.shift()
    return labels
  }

  private labelsOf(features: Float32Array): Float32Array {
    const { grid, labels: count, protocol, similarity } = this.options
    const earlier = [this.first, ...this.recent]
    const cells = grid.height * grid.width
    const nearest = Array.from({ length: cells }, () => new Nearest(protocol.topK))
    // One matrix at a time: those of all frames together would take gigabytes.
    for (const [frame, known] of earlier.entries()) {
      const cosines = similarity?.(features, known.features)
      for (let cell = 0; cell < cells; cell++) {
        this.look(cell, frame === 0, (other) => {
          const cosine = cosines
            ? cosines[cell * cells + other]
            : dot(features, cell, known.features, other, cells)
          nearest[cell].offer(cosine, frame, other)
        })
      }
    }
    const out = new Float32Array(cells * count)
    for (const [cell, own] of nearest.entries()) {
      own.blend(earlier, protocol.temperature, out.subarray(cell * count, (cell + 1) * count))
    }
    return out
  }

  /** Visits the cells of an earlier frame that a cell is compared with. */
  private look(cell: number, isFirst: boolean, visit: (other: number) => void): void {
    const { grid, protocol } = this.options
    const { radius, window, windowInFirst } = protocol
    const isWhole = isFirst && !windowInFirst
    const [y, x] = [Math.floor(cell / grid.width), cell % grid.width]
    const reach = isWhole ? Math.max(grid.height, grid.width) : radius
    for (let v = Math.max(0, y - reach); v <= Math.min(grid.height - 1, y + reach); v++) {
      for (let u = Math.max(0, x - reach); u <= Math.min(grid.width - 1, x + reach); u++) {
        const isFar = window === 'disc' && (v - y) ** 2 + (u - x) ** 2 >= radius * radius
        if (isWhole || !isFar) visit(v * grid.width + u)
      }
    }
  }
}

/** The cells most like one cell, best first; ties go to the earlier frame and cell. */
class Nearest {
  private readonly cosines: Float64Array
  private readonly frames: Int32Array
  private readonly cells: Int32Array
  private size = 0

  constructor(most: number) {
    this.cosines = new Float64Array(most)
    this.frames = new Int32Array(most)
    this.cells = new Int32Array(most)
  }

  offer(cosine: number, frame: number, cell: number): void {
    const { cosines, frames, cells } = this
    if (this.size === cosines.length && cosine <= cosines[this.size - 1]) return
    let at = this.size < cosines.length ? this.size++ : this.size - 1
    for (; at > 0 && cosines[at - 1] < cosine; at--) {
      cosines[at] = cosines[at - 1]
      frames[at] = frames[at - 1]
      cells[at] = cells[at - 1]
    }
    cosines[at] = cosine
    frames[at] = frame
    cells[at] = cell
  }

  /** Weighs labels by softmax(cosine / temperature). @param into [L], zeros */
  blend(earlier: readonly Known[], temperature: number, into: Float32Array): void {
    let total = 0
    for (let i = 0; i < this.size; i++) {
      const weight = Math.exp((this.cosines[i] - this.cosines[0]) / temperature)
      const from = this.cells[i] * into.length
      const { labels } = earlier[this.frames[i]]
      for (let l = 0; l < into.length; l++) into[l] += weight * labels[from + l]
      total += weight
    }
    for (let l = 0; l < into.length; l++) into[l] /= total
  }
}

function dot(a: Float32Array, i: number, b: Float32Array, j: number, cells: number): number {
  const channels = a.length / cells
  let sum = 0
  for (let c = 0, p = i * channels, q = j * channels; c < channels; c++) sum += a[p + c] * b[q + c]
  return sum
}
