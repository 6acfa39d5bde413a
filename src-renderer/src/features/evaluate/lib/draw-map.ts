import type { MapArtefact } from '#shared/tasks/map/artefact.ts'
import type { Palette } from '../../../ui/theme/palette.ts'
import { contextOf } from '../../../charts/canvas.ts'
import type { Figure, Shape } from '#shared/figures/figure.ts'
import { paintPoints } from './map-pixels.ts'
import { isShown, type MapFilter, type MapView } from './map-view.ts'
import type { Size } from '../../../lib/stage-view.ts'

export interface MapScene {
  points: MapArtefact['points']
  filter: MapFilter
  view: MapView
  stage: Size
  colourOf: (label: number) => string
  /** The same colours as pixels. */
  pixels: Uint32Array
  palette: Palette
  /** Point under the pointer. */
  pointed: number | null
  /** Indices of the points that are selected. */
  selected: readonly number[]
  /** The class that stands out while others are pale. */
  label: number | null
}

/** Pixels from the middle of a point to its edge. */
function radiusOf({ view, stage }: Pick<MapScene, 'view' | 'stage'>, count: number): number {
  const zoom = view.scale / Math.max(1, Math.min(stage.width, stage.height) / 2)
  const room = Math.sqrt((stage.width * stage.height) / Math.max(1, count))
  return Math.min(7, Math.max(1.4, room / 7) * Math.min(2.2, Math.max(1, zoom ** 0.4)))
}

/** More points are put down pixel by pixel. */
const MANY = 3000

/**
 * Draws maps on one canvas; its context is in pixels of the page. Test videos are full, training
 * videos rings.
 */
export class MapPainter {
  private plane: ImageData | null = null

  paint(context: CanvasRenderingContext2D, scene: MapScene): void {
    const { points, stage } = scene
    const radius = radiusOf(scene, points.videoId.length)
    context.clearRect(0, 0, stage.width, stage.height)
    if (points.videoId.length > MANY) this.paintPixels(context, scene, radius)
    else paintPaths(context, scene, radius)
    markSelected(context, scene, radius)
    markPointed(context, scene, radius)
  }

  private paintPixels(context: CanvasRenderingContext2D, scene: MapScene, radius: number): void {
    const { width, height } = context.canvas
    if (this.plane?.width !== width || this.plane.height !== height) {
      this.plane = new ImageData(width, height)
    }
    const ratio = width / Math.max(1, scene.stage.width)
    const { scale, left, top } = scene.view
    paintPoints(
      { pixels: new Uint32Array(this.plane.data.buffer), width, height },
      {
        points: scene.points,
        filter: scene.filter,
        view: { scale: scale * ratio, left: left * ratio, top: top * ratio },
        radius: radius * ratio,
        colours: scene.pixels,
        label: scene.label,
      },
    )
    context.putImageData(this.plane, 0, 0)
  }
}

function paintPaths(context: CanvasRenderingContext2D, scene: MapScene, radius: number): void {
  for (const [label, places] of placesByClass(scene)) {
    const pale = scene.label !== null && scene.label !== label
    context.globalAlpha = pale ? 0.12 : 0.82
    drawClass(context, places, radius, scene.colourOf(label))
  }
  context.globalAlpha = 1
}

function markSelected(context: CanvasRenderingContext2D, scene: MapScene, radius: number): void {
  const { selected, points, filter, palette } = scene
  if (selected.length === 0) return
  const reach = radius + 2
  context.beginPath()
  for (const i of selected) {
    if (!isShown(points, i, filter)) continue
    const { x, y } = placeOf(scene, i)
    // Squares are many times as quick as circles.
    if (selected.length > MANY) context.rect(x - reach, y - reach, 2 * reach, 2 * reach)
    else {
      context.moveTo(x + reach, y)
      context.arc(x, y, reach, 0, 2 * Math.PI)
    }
  }
  context.strokeStyle = palette.text
  context.lineWidth = 1.5
  context.stroke()
}

function markPointed(context: CanvasRenderingContext2D, scene: MapScene, radius: number): void {
  const { pointed, palette } = scene
  if (pointed === null) return
  const { x, y } = placeOf(scene, pointed)
  context.beginPath()
  context.arc(x, y, radius + 3, 0, 2 * Math.PI)
  context.strokeStyle = palette.text
  context.lineWidth = 2
  context.stroke()
}

type Places = { x: number; y: number; test: boolean }[]

/** All points of a class in two paths: full ones and rings. */
function drawClass(
  context: CanvasRenderingContext2D,
  places: Places,
  radius: number,
  colour: string,
): void {
  context.fillStyle = colour
  context.strokeStyle = colour
  context.lineWidth = Math.max(0.8, radius / 3)
  for (const test of [false, true]) {
    context.beginPath()
    for (const { x, y, test: isTest } of places) {
      if (isTest !== test) continue
      context.moveTo(x + radius, y)
      context.arc(x, y, radius, 0, 2 * Math.PI)
    }
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

/** Colours as a canvas has them, RGBA little-endian. */
export function pixelsOf(colours: readonly string[]): Uint32Array {
  const context = contextOf(new OffscreenCanvas(Math.max(1, colours.length), 1))
  colours.forEach((colour, x) => {
    context.fillStyle = colour
    context.fillRect(x, 0, 1, 1)
  })
  const { data } = context.getImageData(0, 0, Math.max(1, colours.length), 1)
  return new Uint32Array(data.buffer)
}
