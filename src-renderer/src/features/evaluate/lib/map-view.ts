import type { MapArtefact } from '#shared/tasks/map/artefact.ts'
import type { Size } from '../../../lib/stage-view.ts'

/** Point (x, y) of the map lies at (x * scale + left, y * scale + top), in pixels of the page. */
export interface MapView {
  scale: number
  left: number
  top: number
}

/** Pixels around a map that is shown whole. */
const MARGIN = 24
const MOST_SCALE = 200

/** The whole map, from -1 to 1 on its longer axis, in the middle. */
export function wholeMap({ width, height }: Size): MapView {
  const scale = Math.max(1, (Math.min(width, height) - 2 * MARGIN) / 2)
  return { scale, left: width / 2, top: height / 2 }
}

/** Magnified by `factor` about a place of the page, which keeps its point. */
export function zoomMap(
  view: MapView,
  factor: number,
  at: { x: number; y: number },
  stage: Size,
): MapView {
  const whole = wholeMap(stage).scale
  const scale = Math.min(whole * MOST_SCALE, Math.max(whole / 2, view.scale * factor))
  const ratio = scale / view.scale
  return {
    scale,
    left: at.x - (at.x - view.left) * ratio,
    top: at.y - (at.y - view.top) * ratio,
  }
}

export interface MapFilter {
  /** Classes that are not shown. */
  hidden: ReadonlySet<number>
  train: boolean
  test: boolean
}

type Points = MapArtefact['points']

/** The same points with other groups in place of their classes. */
export function labelledBy(points: Points, groupOf: (i: number) => number): Points {
  return { ...points, label: points.label.map((_, i) => groupOf(i)) }
}

/** Points in a grid, so that the one under the pointer is found without looking at all of them. */
export class MapIndex {
  private readonly points: Points
  private readonly cells = new Map<number, number[]>()
  private static readonly SIDE = 128

  constructor(points: Points) {
    this.points = points
    points.videoId.forEach((_, i) => {
      const key = this.key(points.x[i] ?? 0, points.y[i] ?? 0)
      const cell = this.cells.get(key)
      if (cell) cell.push(i)
      else this.cells.set(key, [i])
    })
  }

  /** The nearest point that is shown within `reach` of a place, all in units of the map; or null. */
  nearest(x: number, y: number, reach: number, filter: MapFilter): number | null {
    let best: number | null = null
    let least = reach ** 2
    const [left, right] = [this.row(x - reach), this.row(x + reach)]
    const [above, below] = [this.row(y - reach), this.row(y + reach)]
    for (let row = above; row <= below; row++) {
      for (let column = left; column <= right; column++) {
        for (const i of this.cells.get(row * MapIndex.SIDE + column) ?? []) {
          if (!isShown(this.points, i, filter)) continue
          const distance = ((this.points.x[i] ?? 0) - x) ** 2 + ((this.points.y[i] ?? 0) - y) ** 2
          if (distance > least) continue
          best = i
          least = distance
        }
      }
    }
    return best
  }

  private key(x: number, y: number): number {
    return this.row(y) * MapIndex.SIDE + this.row(x)
  }

  private row(value: number): number {
    const cell = Math.floor(((value + 1) / 2) * MapIndex.SIDE)
    return Math.min(MapIndex.SIDE - 1, Math.max(0, cell))
  }
}

export function isShown(points: Points, i: number, { hidden, train, test }: MapFilter): boolean {
  return !hidden.has(points.label[i] ?? -1) && (points.test[i] === 1 ? test : train)
}
