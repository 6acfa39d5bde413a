import type { ClipForm } from '#shared/views/view-spec.ts'

/**
 * Puts the frames of a clip into the order in which it is shown and turns them, in place.
 * @param clip [T, S, S, 3], floats in [0, 1]
 * @param isFlow whether the numbers are u and v, which turn with the picture
 */
export function showClip(
  clip: Float32Array,
  { order, turn }: Pick<ClipForm, 'order' | 'turn'>,
  { frames, isFlow = false }: { frames: number; isFlow?: boolean },
): void {
  if (order === null && turn === 0) return
  const length = clip.length / frames
  const before = clip.slice()
  const size = Math.sqrt(length / 3)
  for (let t = 0; t < frames; t++) {
    const from = (order?.[t] ?? t) * length
    const to = clip.subarray(t * length, (t + 1) * length)
    turnFrame({ data: before.subarray(from, from + length), height: size, width: size }, to, turn)
    if (isFlow) turnMotions(to, turn)
  }
}

interface Picture {
  /** [H, W, 3] */
  data: Float32Array
  height: number
  width: number
}

/**
 * A picture turned anticlockwise, as NumPy's rot90.
 * @param to as long, another array: [H, W, 3], or [W, H, 3] after an odd number of turns
 * @param turn quarter turns, 0 to 3
 */
export function turnFrame(from: Picture, to: Float32Array, turn: number): void {
  const { data, height, width } = from
  const [rows, columns] = turn % 2 === 0 ? [height, width] : [width, height]
  for (let y = 0, i = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, i += 3) {
      const [row, column] = sourceOf(turn, y, x, from)
      const at = 3 * (row * width + column)
      for (let c = 0; c < 3; c++) to[i + c] = data[at + c]
    }
  }
}

/** What a turned picture shows at (y, x): the place in the picture before. */
function sourceOf(
  turn: number,
  y: number,
  x: number,
  { height, width }: Pick<Picture, 'height' | 'width'>,
): [row: number, column: number] {
  if (turn === 1) return [x, width - 1 - y]
  if (turn === 2) return [height - 1 - y, width - 1 - x]
  if (turn === 3) return [height - 1 - x, y]
  return [y, x]
}

/** A motion to the right becomes one upwards with each turn; v counts downwards, 0.5 is rest. */
function turnMotions(flow: Float32Array, turn: number): void {
  for (let quarter = 0; quarter < turn; quarter++) {
    for (let i = 0; i < flow.length; i += 3) {
      const u = flow[i]
      flow[i] = flow[i + 1]
      flow[i + 1] = 1 - u
    }
  }
}
