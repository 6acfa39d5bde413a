import type { Cube } from '#shared/encoders/encoder.ts'
import type { InputScaling } from '#shared/encoders/scaling.ts'
import type { TokenGrid } from '#shared/methods/videomae/masks.ts'
import type { MadeClips } from '../learner.ts'
import { shownClips } from '../pictures.ts'
import type { TokenMask } from './masks.ts'

/** Of what is hidden. */
const GREY = 0.5
const COLOURS = 3

interface Shown {
  masks: readonly TokenMask[]
  /** Predicted colours of the hidden cubes, [B, M, P] row by row. */
  colours: Float32Array
  cube: Cube
  grid: TokenGrid
  scaling: InputScaling
}

/**
 * The rows of pictures: clips, what is seen of them, and what is predicted of the rest.
 * @param clips as the encoder takes them, [B, T, S, S, 3] row by row
 */
export function shownRows(clips: Float32Array, shown: Shown): Map<string, MadeClips> {
  const { masks, colours, cube, grid, scaling } = shown
  const shape = [
    masks.length,
    grid.times * cube.frames,
    grid.height * cube.size,
    grid.width * cube.size,
    COLOURS,
  ] as const
  const input = shownClips(clips, shape, scaling)
  const seen = input.data.slice()
  const predicted = input.data.slice()
  const numbers = cube.frames * cube.size ** 2 * COLOURS
  masks.forEach(({ hidden }, clip) => {
    hidden.forEach((token, i) => {
      const from = (clip * hidden.length + i) * numbers
      eachNumber({ clip, token, cube, grid }, (place, number) => {
        seen[place] = GREY
        predicted[place] = Math.min(1, Math.max(0, colours[from + number]))
      })
    })
  })
  return new Map([
    ['input', input],
    ['masked', { data: seen, shape }],
    ['reconstruction', { data: predicted, shape }],
  ])
}

/** Calls `visit` with the place of every number of a cube among those of all clips. */
function eachNumber(
  { clip, token, cube, grid }: { clip: number; token: number; cube: Cube; grid: TokenGrid },
  visit: (place: number, number: number) => void,
): void {
  const { times, height, width } = grid
  const column = token % width
  const row = Math.floor(token / width) % height
  const time = Math.floor(token / width / height)
  const side = width * cube.size
  let number = 0
  for (let t = 0; t < cube.frames; t++) {
    const frame = (clip * times + time) * cube.frames + t
    for (let y = 0; y < cube.size; y++) {
      const line = (frame * height + row) * cube.size + y
      const start = (line * side + column * cube.size) * COLOURS
      for (let x = 0; x < cube.size * COLOURS; x++) visit(start + x, number++)
    }
  }
}
