import { contextOf } from '../../../charts/canvas.ts'
import type { CameraPicture } from './camera-grid.ts'
import type { MaskArt } from './mask-art.ts'
import {
  heatLayers,
  stageLayers,
  type HeatLayer,
  type LayerState,
  type MaskStyle,
  type StageLayer,
} from './mask-layers.ts'
import { paintCamera } from './paint-camera.ts'
import type { Cell, Size, StageView } from '../../../lib/stage-view.ts'

/** Everything the stage shows. Pictures of any size are drawn over the whole video. */
export interface StageScene {
  /** Pixels of the video. */
  video: Size
  frame: OffscreenCanvas | null
  heat: Partial<Record<HeatLayer, OffscreenCanvas>>
  mask: MaskArt | null
  /** The true foreground, outlined. */
  truth: MaskArt | null
  /** The mask of the frame before, outlined. */
  onion: MaskArt | null
  /** Background of the merged clip. */
  other: OffscreenCanvas | null
  /** Optical flow from the frame to the next. */
  flow: OffscreenCanvas | null
  /**
   * The camera's motion from the frame to the next, or why there is none; null where its layer is off,
   * or the clip is being read.
   */
  camera: CameraPicture | string | null
  layers: Record<StageLayer, LayerState>
  style: MaskStyle
}

const OUTLINE = '#ffd60a'
const TRUTH = '#4de3ff'
const ONION = '#c792ff'
/** Page pixels for one of the video from which on those of the video are shown as squares. */
const SQUARES_FROM = 6

/** What each cell shows: one with all layers, or one a layer. */
export function cellLayers(scene: StageScene, sideBySide: boolean): StageLayer[][] {
  const shown = stageLayers.map(({ id }) => id).filter((id) => scene.layers[id].shown)
  return sideBySide && shown.length > 0 ? shown.map((id) => [id]) : [shown]
}

/** Draws the stage; the context is in pixels of the page. */
export function paintStage(
  context: CanvasRenderingContext2D,
  scene: StageScene,
  { cells, view, sideBySide }: { cells: readonly Cell[]; view: StageView; sideBySide: boolean },
): void {
  const contents = cellLayers(scene, sideBySide)
  cells.forEach((cell, i) => {
    context.save()
    context.beginPath()
    context.rect(cell.x, cell.y, cell.width, cell.height)
    context.clip()
    context.translate(cell.x + view.x, cell.y + view.y)
    context.scale(view.scale, view.scale)
    context.imageSmoothingEnabled = view.scale < SQUARES_FROM
    for (const layer of contents[i] ?? []) {
      if (sideBySide && layer === 'camera') paintPicture(context, scene, scene.frame, 1)
      if (sideBySide && layer === 'mask' && scene.style !== 'binary') {
        paintPicture(context, scene, scene.frame, 1)
      }
      paintLayer(context, scene, layer, sideBySide ? 1 : scene.layers[layer].opacity, view.scale)
    }
    if (scene.onion) strokeMask(context, scene, scene.onion, ONION, view.scale)
    if (scene.truth) strokeMask(context, scene, scene.truth, TRUTH, view.scale)
    context.restore()
  })
}

function paintLayer(
  context: CanvasRenderingContext2D,
  scene: StageScene,
  layer: StageLayer,
  opacity: number,
  scale: number,
): void {
  if (layer === 'frame') paintPicture(context, scene, scene.frame, opacity)
  else if (layer === 'flow') paintPicture(context, scene, scene.flow, opacity)
  else if (layer === 'merged') paintPicture(context, scene, mergedPicture(scene), opacity)
  else if (layer === 'mask') paintMask(context, scene, opacity, scale)
  else if (layer === 'camera') {
    const { camera } = scene
    if (camera === null || typeof camera === 'string') return
    paintCamera(context, camera.grid, { opacity, pixel: 1 / scale })
  } else paintPicture(context, scene, scene.heat[layer] ?? null, opacity)
}

function paintPicture(
  context: CanvasRenderingContext2D,
  { video }: StageScene,
  picture: CanvasImageSource | null,
  opacity: number,
): void {
  if (!picture) return
  context.globalAlpha = opacity
  context.drawImage(picture, 0, 0, video.width, video.height)
  context.globalAlpha = 1
}

function paintMask(
  context: CanvasRenderingContext2D,
  scene: StageScene,
  opacity: number,
  scale: number,
): void {
  const { mask, style } = scene
  if (!mask) return
  const smooth = context.imageSmoothingEnabled
  // A binary mask has no values between.
  context.imageSmoothingEnabled = false
  if (style === 'dim') {
    context.globalCompositeOperation = 'saturation'
    paintPicture(context, scene, mask.background, 0.9 * opacity)
    context.globalCompositeOperation = 'source-over'
    paintPicture(context, scene, mask.background, 0.62 * opacity)
  } else if (style === 'tint') {
    paintPicture(context, scene, mask.foreground, 0.42 * opacity)
  } else if (style === 'binary') {
    paintBinary(context, scene, mask, opacity)
  }
  context.imageSmoothingEnabled = smooth
  if (style === 'binary') return
  context.globalAlpha = opacity
  strokeMask(context, scene, mask, OUTLINE, scale)
  context.globalAlpha = 1
}

function paintBinary(
  context: CanvasRenderingContext2D,
  scene: StageScene,
  mask: MaskArt,
  opacity: number,
): void {
  context.globalAlpha = opacity
  context.fillStyle = '#fff'
  context.fillRect(0, 0, scene.video.width, scene.video.height)
  context.globalAlpha = 1
  paintPicture(context, scene, mask.background, opacity)
}

function strokeMask(
  context: CanvasRenderingContext2D,
  { video }: StageScene,
  art: MaskArt,
  colour: string,
  scale: number,
): void {
  const enlarged = video.width / art.width
  context.save()
  context.scale(enlarged, video.height / art.height)
  const pixel = 1 / (scale * enlarged)
  context.lineCap = 'square'
  context.strokeStyle = '#0009'
  context.lineWidth = 3 * pixel
  art.strokeOutline(context)
  context.strokeStyle = colour
  context.lineWidth = 1.5 * pixel
  art.strokeOutline(context)
  context.restore()
}

const scratch: { canvas?: OffscreenCanvas } = {}

/** x*m + y*(1-m): the foreground of the frame on the other video's, which fills the picture. */
function mergedPicture({ frame, mask, other }: StageScene): OffscreenCanvas | null {
  if (!frame || !mask) return null
  const { width, height } = frame
  const canvas = (scratch.canvas ??= new OffscreenCanvas(width, height))
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  const context = contextOf(canvas)
  context.globalCompositeOperation = 'copy'
  context.drawImage(frame, 0, 0)
  context.globalCompositeOperation = 'destination-in'
  context.imageSmoothingEnabled = false
  context.drawImage(mask.foreground, 0, 0, width, height)
  context.globalCompositeOperation = 'destination-over'
  context.imageSmoothingEnabled = true
  if (other) drawCovering(context, other, { width, height })
  else context.fillRect(0, 0, width, height)
  return canvas
}

/** Fills the whole area with the middle of the picture. */
function drawCovering(
  context: OffscreenCanvasRenderingContext2D,
  picture: OffscreenCanvas,
  { width, height }: Size,
): void {
  const scale = Math.max(width / picture.width, height / picture.height)
  const [w, h] = [width / scale, height / scale]
  const [x, y] = [(picture.width - w) / 2, (picture.height - h) / 2]
  context.drawImage(picture, x, y, w, h, 0, 0, width, height)
}

/** The heat layers in sight, for a legend. */
export function shownHeat(layers: StageScene['layers']): HeatLayer[] {
  return heatLayers.filter((id) => layers[id].shown)
}
