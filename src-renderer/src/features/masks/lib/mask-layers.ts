/** What the stage can show of a clip, from the lowest to the highest; the order is that of the keys. */
export const stageLayers = [
  { id: 'frame', label: 'Frame', text: 'The frame of the video' },
  {
    id: 'change',
    label: 'Difference',
    text: 'Frame difference: mean change from frame to frame over the clip, summed over RGB',
  },
  {
    id: 'seed',
    label: 'Seed',
    text: 'Seed region: where the clip moves, blurred, 0 to 1',
  },
  {
    id: 'posterior',
    label: 'Colour',
    text: 'Colour posterior: how likely each colour is foreground, before blurring, 0 to 1',
  },
  { id: 'soft', label: 'Soft mask', text: 'The values from which β cuts the mask, 0 to 1' },
  {
    id: 'mask',
    label: 'Mask',
    text: 'Binary mask: the share β of the pixels with the highest values of the soft mask',
  },
  {
    id: 'merged',
    label: 'Merged',
    text: 'Merged clip: the foreground on the background of another video, as in training',
  },
  {
    id: 'flow',
    label: 'Flow',
    text: 'Optical flow from this frame to the next: direction as hue, speed as saturation',
  },
  {
    id: 'motion',
    label: 'Motion',
    text: 'Motion: where something moves by itself, brighter the more frames show it there',
  },
  {
    id: 'camera',
    label: 'Camera',
    text: 'Camera motion: where compensation finds a grid of this frame in the next one',
  },
] as const
export type StageLayer = (typeof stageLayers)[number]['id']

/** The key that toggles a layer. The digits after the seventh belong to other commands. */
export function layerKey(id: StageLayer): string {
  const at = stageLayers.findIndex((layer) => layer.id === id)
  if (id === 'flow') return 'Shift+F'
  if (id === 'camera') return 'Shift+W'
  return id === 'motion' ? 'Shift+V' : String(at + 1)
}

/** Layers in heat colours. */
export const heatLayers = ['change', 'seed', 'posterior', 'soft', 'motion'] as const
export type HeatLayer = (typeof heatLayers)[number]

export interface LayerState {
  shown: boolean
  /** 0..1 */
  opacity: number
}

/** How the mask is drawn over the frame. */
export const maskStyles = [
  { value: 'dim', label: 'Dim', hint: 'Background dark, foreground outlined' },
  { value: 'tint', label: 'Tint', hint: 'Foreground coloured and outlined' },
  { value: 'outline', label: 'Line', hint: 'Only the outline' },
  { value: 'binary', label: 'Binary', hint: 'White foreground, black background' },
] as const
export type MaskStyle = (typeof maskStyles)[number]['value']

export const initialLayers: Record<StageLayer, LayerState> = {
  frame: { shown: true, opacity: 1 },
  change: { shown: false, opacity: 1 },
  seed: { shown: false, opacity: 0.75 },
  posterior: { shown: false, opacity: 0.75 },
  soft: { shown: false, opacity: 0.75 },
  mask: { shown: true, opacity: 1 },
  merged: { shown: false, opacity: 1 },
  flow: { shown: false, opacity: 0.9 },
  motion: { shown: false, opacity: 0.75 },
  camera: { shown: false, opacity: 1 },
}
