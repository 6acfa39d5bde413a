import { forwardSteps } from './grid-cut.ts'
import { tellsMotion, type ClickPicture } from './picture.ts'

/** What it costs to part two neighbours of one colour, in units of evidence. */
const SMOOTHNESS = 4
/** Part of it that is left at the strongest edge, so that outlines stay short. */
const LEAST = 0.05
/** How much weaker a link is where motion begins. */
const MOTION_EDGE = 1
/** What a step costs: by itself, for the whole range of a colour, and where motion begins. */
const STEP = 0.02
const MOTION_STEP = 0.3

/** How neighbouring pixels hold together. */
export interface ClickLinks {
  /** [4, H, W] as `GridCut.cut` takes them: strong where colours agree. */
  links: Float32Array
  /** [H, W]: what a step to the right, and to the pixel below, costs on a way. */
  right: Float32Array
  below: Float32Array
}

/**
 * Links whose strength falls with the squared difference of the colours, relative to its mean over the
 * picture (Boykov and Jolly, ICCV 2001).
 */
export function clickLinks(picture: ClickPicture): ClickLinks {
  const pixels = picture.width * picture.height
  const offsets = forwardSteps(picture.width)
  const links = new Float32Array(offsets.length * pixels)
  const steps = offsets.map(() => new Float32Array(pixels))
  const motion = tellsMotion(picture) ? picture.moving : null
  const squares = offsets.map((offset) => squaredDifferences(picture, offset))
  const unit = 0.5 / Math.max(1, meanOf(squares, offsets, pixels))
  for (const [i, offset] of offsets.entries()) {
    const isStraight = offset === 1 || offset === picture.width
    const strength = SMOOTHNESS / (isStraight ? 1 : Math.SQRT2)
    for (let p = 0; p + offset < pixels; p++) {
      const turns = motion ? motion[p] ^ motion[p + offset] : 0
      const square = squares[i][p]
      const alike = Math.exp(-square * unit - MOTION_EDGE * turns)
      links[i * pixels + p] = strength * (LEAST + alike)
      steps[i][p] = STEP + Math.sqrt(square) / 255 + MOTION_STEP * turns
    }
  }
  return { links, right: steps[0], below: steps[2] }
}

/** [H, W]: of each pixel's colour to that of the pixel so far on, summed over RGB. */
function squaredDifferences({ rgb }: ClickPicture, offset: number): Float32Array {
  const squares = new Float32Array(rgb.length / 3)
  for (let p = 0, at = 0; p + offset < squares.length; p++, at += 3) {
    const to = at + 3 * offset
    const red = rgb[at] - rgb[to]
    const green = rgb[at + 1] - rgb[to + 1]
    const blue = rgb[at + 2] - rgb[to + 2]
    squares[p] = red * red + green * green + blue * blue
  }
  return squares
}

function meanOf(squares: readonly Float32Array[], offsets: readonly number[], pixels: number) {
  let [sum, count] = [0, 0]
  for (const [i, offset] of offsets.entries()) {
    for (const square of squares[i]) sum += square
    count += pixels - offset
  }
  return sum / Math.max(1, count)
}
