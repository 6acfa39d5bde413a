import type { MapArtefact } from '#shared/contract/explain.ts'
import type { Palette } from '../theme/palette.ts'
import type { Figure, Shape } from './figure.ts'
import { isShown, type MapFilter, type MapView } from './map-view.ts'
import type { Size } from './stage-view.ts'

export interface MapScene {
  points: MapArtefact['points']
  filter: MapFilter
  view: MapView
  stage: Size
  colourOf: (label: number) => string
  palette: Palette
  /** Point under the pointer. */
  pointed: number | null
  /** The class that stands out while others are pale. */
  label: number | null
}

/** Pixels from the middle of a point to its edge. */
function radiusOf({ view, stage }: Pick<MapScene, 'view' | 'stage'>, count: number): number {
  const zoom = view.scale / Math.max(1, Math.min(stage.width, stage.height) / 2)
  const room = Math.sqrt((stage.width * stage.height) / Math.max(1, count))
  return Math.min(7, Math.max(1.4, room / 7) * Math.min(2.2, Math.max(1, zoom ** 0.4)))
}

/** Draws the map; the context is in pixels of the page. Test videos are full, training videos rings. */
export function drawMap(context: CanvasRenderingContext2D, scene: MapScene): void {
  const { points, stage, palette, pointed } = scene
  const radius = radiusOf(scene, points.videoId.length)
  context.clearRect(0, 0, stage.width, stage.height)
  for (const [label, places] of placesByClass(scene)) {
    const pale = scene.label !== null && scene.label !== label
    context.globalAlpha = pale ? 0.12 : 0.82
    drawClass(context, places, radius, scene.colourOf(label))
  }
  context.globalAlpha = 1
  if (pointed === null) return
  const { x, y } = placeOf(scene, pointed)
  context.beginPath()
  context.arc(x, y, radius + 3, 0, 2 * Math.PI)
  context.strokeStyle = palette.text
  context.lineWidth = 2
  context.stroke()
}

type Places = { x: number; y: number; test: boolean }[]

/** Squares in one path a class: thousands of arcs would take several frames. */
function drawClass(
  context: CanvasRenderingContext2D,
  places: Places,
  radius: number,
  colour: string,
): void {
  const round = radius > 2.2 && places.length < 4000
  const put = (x: number, y: number): void => {
    if (round) {
      context.moveTo(x + radius, y)
      context.arc(x, y, radius, 0, 2 * Math.PI)
    } else {
      context.rect(x - radius, y - radius, 2 * radius, 2 * radius)
    }
  }
  context.fillStyle = colour
  context.strokeStyle = colour
  context.lineWidth = Math.max(0.8, radius / 3)
  for (const test of [false, true]) {
    context.beginPath()
    for (const place of places) if (place.test === test) put(place.x, place.y)
    if (test) context.fill()
    else context.stroke()
  }
}

/** Places on the page of the points in sight, by class. */
function placesByClass(scene: MapScene): Map<number, Places> {
  const { points, filter, stage } = scene
  const found = new Map<number, Places>()
  for (let i = 0; i < points.videoId.length; i++) {
    if (!isShown(points, i, filter)) continue
    const { x, y } = placeOf(scene, i)
    if (x < -8 || y < -8 || x > stage.width + 8 || y > stage.height + 8) continue
    const label = points.label[i] ?? 0
    const place = { x, y, test: points.test[i] === 1 }
    const places = found.get(label)
    if (places) places.push(place)
    else found.set(label, [place])
  }
  return found
}

function placeOf({ points, view }: MapScene, i: number): { x: number; y: number } {
  return {
    x: (points.x[i] ?? 0) * view.scale + view.left,
    y: (points.y[i] ?? 0) * view.scale + view.top,
  }
}

/** What is in sight as a drawing. */
export function mapFigure(scene: MapScene): Figure {
  const radius = radiusOf(scene, scene.points.videoId.length)
  const shapes = [...placesByClass(scene)].flatMap(([label, places]) => {
    const colour = scene.colourOf(label)
    return places.map(({ x, y, test }): Shape => {
      const paint: Shape['attrs'] = test
        ? { fill: colour, 'fill-opacity': 0.8 }
        : { fill: 'none', stroke: colour, 'stroke-opacity': 0.8 }
      return { tag: 'circle', attrs: { cx: x, cy: y, r: radius, ...paint } }
    })
  })
  return { ...scene.stage, title: 'Map of embeddings', shapes }
}
