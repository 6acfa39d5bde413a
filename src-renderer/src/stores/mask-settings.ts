import { useStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { hyperParameters } from '#shared/config/hyper-parameters.ts'
import type { CompleteMaskRequest } from '#shared/contract/masks.ts'

export type MaskSettings = Omit<CompleteMaskRequest, 'videoId' | 'start'>

const initial: MaskSettings = {
  frames: hyperParameters.frames.default,
  stride: hyperParameters.stride.default,
  size: hyperParameters.size.default,
  beta: hyperParameters.beta.default,
  variant: hyperParameters.variant.default,
}

/** How masks are made in the inspector; kept between visits. */
export const useMaskSettings = defineStore('mask-settings', () => {
  const settings = useStorage<MaskSettings>('fame.mask-settings', { ...initial }, undefined, {
    mergeDefaults: true,
  })
  return { settings, reset: () => (settings.value = { ...initial }) }
})
