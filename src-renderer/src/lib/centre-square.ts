/** The square that is cut from the centre of a picture, in its pixels: `[x, y, side]`. */
export function centreSquare(width: number, height: number): [number, number, number] {
  const side = Math.min(width, height)
  return [(width - side) / 2, (height - side) / 2, side]
}
