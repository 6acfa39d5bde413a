import type { ValuesOf } from '../settings/setting.ts'
import type { viewSettings } from './settings.ts'

/** What is wrong with settings of views that are each right by themselves; null where nothing is. */
export function viewFault({
  cropScaleMin,
  cropScaleMax,
  consistent,
  merge,
  modality,
}: ValuesOf<typeof viewSettings>): string | null {
  if (cropScaleMin > cropScaleMax) {
    return `cropScaleMin is ${cropScaleMin} and cropScaleMax is ${cropScaleMax}: make cropScaleMax the larger one.`
  }
  if (!consistent && merge !== 'none') {
    return `consistent is false and merge is ${merge}: a mask belongs to all frames of a clip, so they need one crop. Set merge to none, or consistent to true.`
  }
  if (modality === 'flow' && merge !== 'none') {
    return `modality is flow and merge is ${merge}: masks are made of colours. Set merge to none, or modality to rgb.`
  }
  return null
}
