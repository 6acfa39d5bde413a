import { watch } from 'vue'
import type { ClipWindow } from '#shared/contract/mask-windows.ts'
import type { MaskSettings } from '../mask-settings-store.ts'

/**
 * Shows each clip first with the beta that is kept for it, its class or the project; one without gets
 * back what was set before.
 */
export function useKeptBeta(options: {
  window: () => ClipWindow | null
  /** Whether what is kept is known yet. */
  isKnown: () => boolean
  kept: () => { clip: number | null; class: number | null; project: number | null }
  settings: () => MaskSettings
}) {
  let before: number | null = null
  watch(
    [options.window, options.isKnown],
    ([window, isKnown]) => {
      if (!window || !isKnown) return
      const kept = options.kept()
      const beta = kept.clip ?? kept.class ?? kept.project
      const settings = options.settings()
      if (beta !== null) before ??= settings.beta
      settings.beta = beta ?? before ?? settings.beta
      if (beta === null) before = null
    },
    { immediate: true },
  )
}
