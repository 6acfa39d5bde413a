import type { MapArtefact } from '#shared/tasks/map/artefact.ts'
import { isShown, type MapFilter, type MapView } from './map-view.ts'

/** A picture as a canvas takes it: a pixel a number, RGBA little-endian. */
export interface PixelPlane {
  pixels: Uint32Array
  width: number
  height: number
}

export interface PixelScene {
  points: MapArtefact['points']
  filter: MapFilter
  /** In pixels of the plane. */
  view: MapView
  /** Of a point, in pixels of the plane. */
  radius: number
  /** Opaque, by class. */
  colours: Uint32Array
  /** The class that stands out while others are pale. */
  label: number | null
}

const OPAQUE = 0xff000000
const PALE = 0x30000000

/**
 * Puts tens of thousands of points into a plane, pixel by pixel: paths of as many take many times as
 * long. Training videos are rings under the full points of test videos; the class that stands out is on
 * top. Points that leave the plane are left out.
 */
export function paintPoints({ pixels, width, height }: PixelPlane, scene: PixelScene): void {
  const { points, filter, view, colours, label } = scene
  const radius = Math.max(1, Math.round(scene.radius))
  const [disc, ring] = [stamp(radius, 0, width), stamp(radius, Math.max(0.5, radius - 1.2), width)]
  pixels.fill(0)
  for (const isTop of label === null ? [false] : [false, true]) {
    for (const test of [0, 1]) {
      for (let i = 0; i < points.videoId.length; i++) {
        const of = points.label[i] ?? 0
        if (points.test[i] !== test || (of === label) !== isTop) continue
        const x = Math.round((points.x[i] ?? 0) * view.scale + view.left)
        const y = Math.round((points.y[i] ?? 0) * view.scale + view.top)
        const isInside = x >= radius && y >= radius && x < width - radius && y < height - radius
        if (!isInside || !isShown(points, i, filter)) continue
        const alpha = label === null || isTop ? OPAQUE : PALE
        const colour = (((colours[of] ?? 0) & 0xffffff) | alpha) >>> 0
        const at = y * width + x
        for (const offset of test === 1 ? disc : ring) pixels[at + offset] = colour
      }
    }
  }
}

/** Places, relative to the middle, of the pixels between two circles. */
function stamp(radius: number, inner: number, width: number): Int32Array {
  const offsets: number[] = []
  for (let y = -radius; y <= radius; y++) {
    for (let x = -radius; x <= radius; x++) {
      const far = Math.hypot(x, y)
      if (far <= radius + 0.3 && far >= inner) offsets.push(y * width + x)
    }
  }
  return Int32Array.from(offsets)
}
