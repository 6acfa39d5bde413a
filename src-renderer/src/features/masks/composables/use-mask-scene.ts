import { computed, type ComputedRef } from 'vue'
import type { Mask } from '#shared/masks/mask.ts'
import { contextOf } from '../../../charts/canvas.ts'
import { paintHeat } from '../../../charts/heat.ts'
import { cameraGrid, whyNoMotion } from '../lib/camera-grid.ts'
import { heatLayers, type HeatLayer } from '../lib/mask-layers.ts'
import type { StageScene } from '../lib/stage-scene.ts'
import type { ShownMask } from '../lib/stage-tool.ts'
import type { Size } from '../../../lib/stage-view.ts'
import { useMaskLayers } from '../mask-settings-store.ts'
import { useMaskArt } from './use-mask-art.ts'
import type { ClipPlanes } from './use-planes.ts'

/** Everything that the stage shows, made from planes and masks only where it is to be seen. */
export function useMaskScene(options: {
  video: () => Size
  planes: () => ClipPlanes | null
  /** The mask that beta cuts. */
  cut: () => Mask | null
  /** The mask under correction, which takes its place. */
  corrected: () => ShownMask | null
  truth: () => Mask | null
  /** The mask of the frame before, to be outlined. */
  onion: () => Mask | null
  /** Null until there is one of this video. */
  frame: () => OffscreenCanvas | null
  /** Whether there will be no frame. */
  hasFailed: () => boolean
  other: () => OffscreenCanvas | null
  flow: () => OffscreenCanvas | null
  /** Number of the frame in sight in its clip; null outside. */
  at: () => number | null
  /** What grows when the content of `frame`, `other` or `flow` changes. */
  versions: () => number
}) {
  const store = useMaskLayers()
  const { heat, mostChange } = useHeat(options.planes)
  const mask = useMaskArt(() => {
    const hand = options.corrected()
    if (hand) {
      const { mask: data, width, height, version, dirty } = hand
      return { mask: { data, width, height }, changed: dirty, version }
    }
    const cut = options.cut()
    return cut && { mask: cut, changed: null, version: 0 }
  })
  const truth = useMaskArt(() => {
    const real = store.truth ? options.truth() : null
    return real && { mask: real, changed: null, version: 0 }
  })
  const onion = useMaskArt(() => {
    const before = options.onion()
    return before && { mask: before, changed: null, version: 0 }
  })
  const layers = computed(() => copyOf(store.layers))
  const live = computed<VersionedScene>(() => ({
    video: options.video(),
    frame: options.frame(),
    heat: heat.value,
    mask: mask.value?.art ?? null,
    truth: truth.value?.art ?? null,
    onion: onion.value?.art ?? null,
    other: options.other(),
    flow: options.flow(),
    camera: layers.value.camera.shown
      ? cameraOf(options.planes(), options.at(), options.video())
      : null,
    layers: layers.value,
    style: store.style,
    version: options.versions(),
  }))
  /** The last clip stays until there is a frame of the next, unless there will be none. */
  const scene = computed<VersionedScene>((before) =>
    before && options.frame() === null && !options.hasFailed() ? before : live.value,
  )
  return { scene, mostChange }
}

/** Why there is nothing to show where compensation was not asked for, outside the clip, and at its end. */
function cameraOf(planes: ClipPlanes | null, at: number | null, video: Size): StageScene['camera'] {
  if (planes === null) return null
  const why = whyNoMotion(planes, at)
  if (why !== null || at === null) return why
  const motion = { height: planes.height, width: planes.width, motions: planes.camera }
  return { motion, at, grid: cameraGrid(motion, at, video) }
}

/** The layers of a clip that are shown as heat, each painted only while it is to be seen. */
function useHeat(planes: () => ClipPlanes | null) {
  const store = useMaskLayers()
  const mostChange = computed(() => planes()?.change.reduce((a, b) => (b > a ? b : a), 1e-6) ?? 0)
  const canvases = Object.fromEntries(
    heatLayers.map((layer) => [
      layer,
      computed(() => {
        const now = planes()
        return now && store.layers[layer].shown
          ? heatCanvas(now, layer, layer === 'change' ? mostChange.value : 1)
          : undefined
      }),
    ]),
  ) as Record<HeatLayer, ComputedRef<OffscreenCanvas | undefined>>
  const heat = computed(() => {
    const shown: StageScene['heat'] = {}
    for (const layer of heatLayers) {
      const canvas = canvases[layer].value
      if (canvas) shown[layer] = canvas
    }
    return shown
  })
  return { heat, mostChange }
}

/** Another version is another picture in the same canvases. */
export type VersionedScene = StageScene & { version: number }

/** A copy that reads every field, so that what is computed from it follows them all. */
function copyOf<T extends Record<string, object>>(layers: T): T {
  return Object.fromEntries(Object.entries(layers).map(([id, state]) => [id, { ...state }])) as T
}

function heatCanvas(planes: ClipPlanes, layer: HeatLayer, most: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(planes.width, planes.height)
  const image = new ImageData(planes.width, planes.height)
  paintHeat(planes[layer], most, image.data)
  contextOf(canvas).putImageData(image, 0, 0)
  return canvas
}
