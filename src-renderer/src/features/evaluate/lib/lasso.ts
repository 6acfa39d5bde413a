import type { MapArtefact } from '#shared/tasks/map/artefact.ts'
import { isShown, type MapFilter } from './map-view.ts'

export interface Place {
  x: number
  y: number
}

/** Whether a place lies in a polygon, by the even-odd rule; the polygon is closed by itself. */
export function isInside(polygon: readonly Place[], { x, y }: Place): boolean {
  let inside = false
  polygon.forEach((to, i) => {
    const from = polygon.at(i - 1)!
    if (to.y > y === from.y > y) return
    if (x < to.x + ((y - to.y) * (from.x - to.x)) / (from.y - to.y)) inside = !inside
  })
  return inside
}

/** Indices of the points of a map that are shown and lie in a polygon; without one, all shown. */
export function pointsInside(
  points: MapArtefact['points'],
  filter: MapFilter,
  polygon: readonly Place[] | null,
): number[] {
  const found: number[] = []
  for (let i = 0; i < points.videoId.length; i++) {
    const place = { x: points.x[i] ?? 0, y: points.y[i] ?? 0 }
    if (isShown(points, i, filter) && (!polygon || isInside(polygon, place))) found.push(i)
  }
  return found
}
