import { computed, ref, shallowRef, watch } from 'vue'
import type { ClipWindow, MaskOrigin } from '#shared/contract/mask-windows.ts'
import { fullSizeMask } from '#shared/fame/full-size-mask.ts'
import { cutMask } from '../lib/mask-cut.ts'
import type { FameMask } from '../lib/mask-session.ts'
import { windowKey } from '../lib/window-key.ts'
import { useMaskSettings } from '../stores/mask-settings.ts'
import { usePlanes } from './use-planes.ts'

/** FAME's mask of a clip as the settings make it: planes from the host, cut here. */
export function useClipMask(window: () => ClipWindow | null) {
  const store = useMaskSettings()
  const settings = computed(() => store.settings)
  /** Whether the clip is looked at without compensation for a moment. */
  const isBefore = ref(false)
  const { shown, failure, busy, retry } = usePlanes(() => {
    const clip = window()
    const { size, compensate } = settings.value
    return clip && { ...clip, size, compensate: compensate && !isBefore.value }
  })
  watch(
    () => settings.value.compensate,
    () => (isBefore.value = false),
  )
  /** Those of another video would mislead. */
  const planes = computed(() =>
    shown.value?.request.videoId === window()?.videoId ? shown.value : null,
  )
  const cut = computed(() => {
    const { beta, variant, adaptive } = settings.value
    return planes.value && cutMask(planes.value, { beta, variant, adaptive })
  })
  const origin = computed<MaskOrigin>(() => {
    const { beta, variant, adaptive, compensate, size } = settings.value
    return { beta: cut.value?.beta ?? beta, variant, adaptive, compensate, size }
  })

  /** Whether what is shown was made of this very clip. */
  const isCurrent = computed(() => {
    const clip = window()
    const now = planes.value
    return clip !== null && now !== null && windowKey(now.request) === windowKey(clip)
  })
  const fullSize = shallowRef<{ of: object; mask: FameMask } | null>(null)
  /** The mask at the video's size; null while the planes of this very clip are on their way. */
  function fame(): FameMask | null {
    const now = planes.value
    if (!isCurrent.value || !now || !cut.value) return null
    if (fullSize.value?.of !== cut.value) {
      const size = { height: now.videoHeight, width: now.videoWidth }
      const mask = fullSizeMask(now, origin.value, size)
      fullSize.value = { of: cut.value, mask: { ...mask, origin: origin.value } }
    }
    return fullSize.value.mask
  }
  return { settings, planes, cut, origin, fame, isCurrent, isBefore, failure, busy, retry }
}
