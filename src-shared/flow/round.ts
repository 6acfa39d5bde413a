/** Steps a pixel at which OpenCV 4 samples a picture where a flow points to. */
const STEPS = 32

/** The place nearest to `at` (pixels) at which OpenCV 4 samples. */
export function sampledPlace(at: number): number {
  return Math.round(at * STEPS) / STEPS
}

/** Rounds to the nearest whole number, halves to the even one, as OpenCV does. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}
