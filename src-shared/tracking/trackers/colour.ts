import { frameOf, type Sequence } from './tracker.ts'

/** Bins of red, green and blue. */
const BINS = 16
/** How far a search window reaches beyond the object's box, as a part of its sides. */
const MARGIN = 0.25
/** Most steps of mean shift in a frame; it usually settles sooner. */
const STEPS = 10

interface Box {
  top: number
  left: number
  bottom: number
  right: number
}

/**
 * Colour histograms of the first frame, and mean shift (Comaniciu et al., CVPR 2000): a window
 * follows the centre of the pixels whose colours are more likely to be the object's, and within it
 * those pixels are the object.
 */
export function* colour(sequence: Sequence): Generator<Uint8Array, void, undefined> {
  const likelihoods = likelihoodsOf(sequence)
  const boxes = likelihoods.map((_, object) => boxOf(sequence, object + 1))
  for (let t = 1; t < sequence.frames; t++) {
    const bins = binsOf(frameOf(sequence, t))
    const best = new Float32Array(bins.length).fill(0.5)
    const labels = new Uint8Array(bins.length)
    boxes.forEach((box, object) => {
      if (box === null) return
      const likelihood = likelihoods[object]
      boxes[object] = shift(box, bins, likelihood, sequence)
      eachPixel(grown(boxes[object], sequence), sequence.width, (i) => {
        const value = likelihood[bins[i]]
        if (value <= best[i]) return
        best[i] = value
        labels[i] = object + 1
      })
    })
    yield labels
  }
}

/** For each object, how likely each colour is its own: p(c | object) / (p(c | object) + p(c | rest)). */
function likelihoodsOf({ labels, first, ...sequence }: Sequence): Float32Array[] {
  const bins = binsOf(frameOf(sequence, 0))
  return Array.from({ length: labels - 1 }, (_, object) => {
    const [own, rest] = [new Float64Array(BINS ** 3), new Float64Array(BINS ** 3)]
    first.forEach((label, i) => {
      const into = label === object + 1 ? own : rest
      into[bins[i]]++
    })
    const [owned, others] = [sum(own), sum(rest)]
    return Float32Array.from(own, (count, bin) => {
      const [here, there] = [count / (owned || 1), rest[bin] / (others || 1)]
      return here === 0 ? 0 : here / (here + there)
    })
  })
}

function binsOf(frame: Uint8Array): Uint16Array {
  const step = 256 / BINS
  return Uint16Array.from({ length: frame.length / 3 }, (_, i) => {
    const [red, green, blue] = [0, 1, 2].map((c) => Math.floor(frame[3 * i + c] / step))
    return (red * BINS + green) * BINS + blue
  })
}

/** Null for an object that the first frame does not show. */
function boxOf({ first, width, height }: Sequence, label: number): Box | null {
  const box = { top: height, left: width, bottom: -1, right: -1 }
  first.forEach((value, i) => {
    if (value !== label) return
    const [y, x] = [Math.floor(i / width), i % width]
    box.top = Math.min(box.top, y)
    box.bottom = Math.max(box.bottom, y)
    box.left = Math.min(box.left, x)
    box.right = Math.max(box.right, x)
  })
  return box.bottom < 0 ? null : box
}

/** The box moved to the centre of the likelihood in and around it, until it stands still. */
function shift(
  start: Box,
  bins: Uint16Array,
  likelihood: Float32Array,
  frame: Pick<Sequence, 'height' | 'width'>,
): Box {
  let box = start
  for (let step = 0; step < STEPS; step++) {
    let [total, sumX, sumY] = [0, 0, 0]
    eachPixel(grown(box, frame), frame.width, (i) => {
      const value = likelihood[bins[i]]
      if (value <= 0.5) return
      total += value
      sumX += value * (i % frame.width)
      sumY += value * Math.floor(i / frame.width)
    })
    if (total === 0) return box
    const dx = Math.round(sumX / total - (box.left + box.right) / 2)
    const dy = Math.round(sumY / total - (box.top + box.bottom) / 2)
    if (dx === 0 && dy === 0) return box
    box = {
      top: box.top + dy,
      bottom: box.bottom + dy,
      left: box.left + dx,
      right: box.right + dx,
    }
  }
  return box
}

function grown(box: Box, { height, width }: Pick<Sequence, 'height' | 'width'>): Box {
  const marginY = Math.ceil(MARGIN * (box.bottom - box.top + 1))
  const marginX = Math.ceil(MARGIN * (box.right - box.left + 1))
  return {
    top: Math.max(0, box.top - marginY),
    bottom: Math.min(height - 1, box.bottom + marginY),
    left: Math.max(0, box.left - marginX),
    right: Math.min(width - 1, box.right + marginX),
  }
}

function eachPixel(box: Box, width: number, visit: (place: number) => void): void {
  for (let y = box.top; y <= box.bottom; y++) {
    for (let x = box.left; x <= box.right; x++) visit(y * width + x)
  }
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + count, 0)
}
