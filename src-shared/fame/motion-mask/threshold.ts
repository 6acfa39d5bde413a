/** The least change, in grey levels summed over RGB, that can be a thing's. */
const LEAST_CHANGE = 24
/** How many times the change of a place at rest. */
const OVER_NOISE = 3.2
/** How many times the change of places at rest where a codec codes the picture anew. */
const OVER_CODING = 2
/** The part of the places that is at rest in any clip. */
const AT_REST = 0.15
/** Thresholds up to this factor above the least are compared. */
const REACH = 8
/** One place in so many is looked at: an odd number, so that all columns are. */
const SAMPLED = 3
/** Factor between two of them. */
const STEP = 1.12
/** Areas are compared so many steps below and above a threshold. */
const MARGIN = 2
/** What a threshold twice as high costs, as part of the area. */
const DOUBLE_COST = 0.06

/** What of a clip's change is noise, and from where on it is a thing's. */
export interface ChangeLevels {
  noise: number
  threshold: number
}

/**
 * Parts what moves by itself from noise, waves and what else a ground does. Where both lie apart,
 * the area above the threshold does not depend on it, as a maximally stable region's (Matas et al.,
 * 2002); of the thresholds above the noise the one is taken at which it depends least.
 * @param change [H, W], as `measureChange` gives it
 * @param isSeen whether two frames in a row show a place
 * @param coding `CodingNoise.level`; 0 for none
 */
export function changeLevels(
  change: Float32Array,
  isSeen: (i: number) => boolean,
  coding = 0,
): ChangeLevels {
  const seen = change.filter((_, i) => i % SAMPLED === 0 && isSeen(i)).sort()
  const noise = seen.length === 0 ? 0 : seen[Math.floor(AT_REST * seen.length)]
  const least = Math.max(LEAST_CHANGE, OVER_NOISE * noise, OVER_CODING * coding)
  const steps = Math.ceil(Math.log(REACH) / Math.log(STEP))
  const areas = Array.from(
    { length: steps + 2 * MARGIN + 1 },
    (_, i) => seen.length - firstAbove(seen, least * STEP ** (i - MARGIN)),
  )
  let best = Infinity
  let threshold = least
  for (let i = 0; i <= steps; i++) {
    const area = areas[i + MARGIN]
    if (area === 0) break
    const unsteady = (areas[i] - areas[i + 2 * MARGIN]) / area
    const cost = unsteady + (DOUBLE_COST * i * Math.log(STEP)) / Math.LN2
    if (cost >= best) continue
    best = cost
    threshold = least * STEP ** i
  }
  return { noise, threshold }
}

/** The place of the first value above a limit in ascending values. */
function firstAbove(sorted: Float32Array, limit: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] > limit) high = middle
    else low = middle + 1
  }
  return low
}
