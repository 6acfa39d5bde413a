/**
 * Turns every pixel's hue by `turns`, in place; value and saturation stay. The same as going through
 * HSV (torchvision's adjust_hue), without leaving RGB: the largest and smallest channel keep their
 * values, and the hue says which channels they are and where the third lies.
 * @param data [..., 3], RGB in [0, 1]
 * @param turns in [-0.5, 0.5]; 1 would be the whole circle
 */
export function shiftHue(data: Float32Array, turns: number): void {
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i]
    const green = data[i + 1]
    const blue = data[i + 2]
    const high = red > green ? (red > blue ? red : blue) : green > blue ? green : blue
    const low = red < green ? (red < blue ? red : blue) : green < blue ? green : blue
    const range = high - low
    if (range === 0) continue
    let sixths: number
    if (high === red) sixths = (green - blue) / range
    else if (high === green) sixths = (blue - red) / range + 2
    else sixths = (red - green) / range + 4
    sixths += 6 * turns
    sixths -= 6 * Math.floor(sixths / 6)
    const sector = Math.floor(sixths)
    const rest = sixths - sector
    const falling = high - range * rest
    const rising = low + range * rest
    writeSector(data, i, sector, high, low, falling, rising)
  }
}

/** Sector 0 runs from red to yellow, 1 to green, 2 to cyan, 3 to blue, 4 to magenta, 5 to red. */
function writeSector(
  data: Float32Array,
  i: number,
  sector: number,
  high: number,
  low: number,
  falling: number,
  rising: number,
): void {
  if (sector === 1) writePixel(data, i, falling, high, low)
  else if (sector === 2) writePixel(data, i, low, high, rising)
  else if (sector === 3) writePixel(data, i, low, falling, high)
  else if (sector === 4) writePixel(data, i, rising, low, high)
  else if (sector === 5) writePixel(data, i, high, low, falling)
  else writePixel(data, i, high, rising, low)
}

function writePixel(data: Float32Array, i: number, red: number, green: number, blue: number): void {
  data[i] = red
  data[i + 1] = green
  data[i + 2] = blue
}
