import { useStorage, useWindowSize } from '@vueuse/core'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'

/** Pixels. */
export interface PanelWidths {
  usual: number
  least: number
  most: number
}
/** No panel takes more of the window than this. */
const SHARE = 0.45

/** The width of a panel in pixels, kept between visits once somebody has chosen one. */
export function usePanelWidth(panel: string, widths: MaybeRefOrGetter<PanelWidths>) {
  const window = useWindowSize()
  const kept = useStorage<number | null>(`fame.width.${panel}`, null, undefined, {
    serializer: { read: Number, write: String },
  })
  const most = computed(() => {
    const { least, most } = toValue(widths)
    return Math.max(least, Math.min(most, Math.floor(SHARE * window.width.value)))
  })
  const width = computed({
    get: () => {
      const { usual, least } = toValue(widths)
      return Math.round(Math.min(most.value, Math.max(least, kept.value ?? usual)))
    },
    set: (pixels) => (kept.value = pixels === toValue(widths).usual ? null : pixels),
  })
  return { width, most }
}
