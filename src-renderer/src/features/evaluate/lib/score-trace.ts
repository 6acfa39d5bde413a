import type { Trace } from '#shared/metrics/score-trace.ts'

/** A score of a trace as places in a picture: x by the videos done, y by the score. */
export function traceLine(
  trace: Trace,
  score: string,
  { width, height }: { width: number; height: number },
): { line: string; band: string; low: number; high: number } {
  const points = trace.filter((point) => score in point.scores)
  const bounds = (point: Trace[number]) => point.intervals[score] ?? [0, 1]
  // The first points say little: their wide intervals would flatten what follows.
  const telling = points.filter(({ done, total }) => done >= total * 0.1)
  const read = telling.length > 1 ? telling : points
  const low = Math.max(0, Math.min(...read.map((point) => bounds(point)[0])) - 0.02)
  const high = Math.min(1, Math.max(...read.map((point) => bounds(point)[1])) + 0.02)
  const x = ({ done, total }: Trace[number]) => ((done / Math.max(1, total)) * width).toFixed(1)
  const y = (value: number) => {
    const share = (Math.min(high, Math.max(low, value)) - low) / Math.max(1e-6, high - low)
    return ((1 - share) * height).toFixed(1)
  }
  const line = points.map((point) => `${x(point)},${y(point.scores[score] ?? 0)}`).join(' ')
  const above = points.map((point) => `${x(point)},${y(bounds(point)[1])}`)
  const below = points.toReversed().map((point) => `${x(point)},${y(bounds(point)[0])}`)
  return { line, band: [...above, ...below].join(' '), low, high }
}
