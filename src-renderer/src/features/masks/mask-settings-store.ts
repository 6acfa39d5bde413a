import { useStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import type { CarriedBy, CarriedByFeatures } from '#shared/contract/propagation.ts'
import type { EditScope } from '#shared/masks/frame-edits.ts'
import { viewSettings } from '#shared/views/settings.ts'
import type { MaskVariant } from '#shared/fame/masker.ts'
import {
  initialLayers,
  type LayerState,
  type MaskStyle,
  type StageLayer,
} from './lib/mask-layers.ts'

/** How masks are made in the inspector. */
export interface MaskSettings {
  /** Pixels of the short side that masks are computed at. */
  size: number
  beta: number
  variant: MaskVariant
  /** Beta is chosen from the soft mask. */
  adaptive: boolean
  /** The camera's motion is removed before differencing. */
  compensate: boolean
}

const initial: MaskSettings = {
  size: viewSettings.size.default,
  beta: viewSettings.beta.default,
  variant: viewSettings.variant.default,
  adaptive: false,
  compensate: false,
}

const merging = { mergeDefaults: true }

/** Kept between visits. */
export const useMaskSettings = defineStore('mask-settings', () => {
  const settings = useStorage<MaskSettings>('fame.masks', { ...initial }, undefined, merging)
  return { settings, reset: () => (settings.value = { ...initial }) }
})

/** What edits reach, and what is seen of other frames; kept between visits. */
export const useMaskScope = defineStore('mask-scope', () => {
  const scope = useStorage<EditScope>('fame.mask-scope', 'clip')
  /** Whether the mask of the frame before is outlined. */
  const onion = useStorage('fame.mask-onion', false)
  return { scope, onion }
})

/** What masks are propagated by; kept between visits. */
interface PropagateSettings {
  kind: CarriedBy['kind']
  /** Run whose encoder gives the features; null for the newest. */
  runId: number | null
  protocol: CarriedByFeatures['protocol']
}

export const usePropagateSettings = defineStore('mask-propagation', () => {
  const settings = useStorage<PropagateSettings>(
    'fame.mask-propagation',
    { kind: 'flow', runId: null, protocol: 'dino' },
    undefined,
    merging,
  )
  return { settings }
})

/** What of a clip is in sight, and how; kept between visits. */
export const useMaskLayers = defineStore('mask-layers', () => {
  const layers = useStorage<Record<StageLayer, LayerState>>(
    'fame.mask-layers',
    structuredClone(initialLayers),
    undefined,
    merging,
  )
  const style = useStorage<MaskStyle>('fame.mask-style', 'dim')
  const sideBySide = useStorage('fame.mask-side-by-side', false)
  const variantRow = useStorage('fame.mask-variants', true)
  const truth = useStorage('fame.mask-truth', true)
  /** Whether the true mask is that of the whole clip or of the frame in sight. */
  const truthOf = useStorage<'clip' | 'frame'>('fame.mask-truth-of', 'clip')
  /** Which side of the inspector is open. */
  const tab = useStorage<'mask' | 'correct'>('fame.mask-tab', 'mask')
  return { layers, style, sideBySide, variantRow, truth, truthOf, tab }
})
