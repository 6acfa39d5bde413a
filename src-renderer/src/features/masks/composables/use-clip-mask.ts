import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import type { ClipWindow, MaskOrigin } from '#shared/contract/mask-windows.ts'
import type { MaskPlanes } from '#shared/contract/planes.ts'
import { automaticFrames, fullSizeMask } from '#shared/fame/full-size-mask.ts'
import { hasFrameMasks } from '#shared/views/merge-settings.ts'
import { cutMask } from '../lib/mask-cut.ts'
import type { FameMask } from '../lib/mask-session.ts'
import type { ShownMask } from '../lib/stage-tool.ts'
import { windowKey } from '../lib/window-key.ts'
import { useMaskSettings, type MaskSettings } from '../mask-settings-store.ts'
import { usePlanes } from './use-planes.ts'

/** FAME's mask of a clip as the settings make it: planes from the host, cut here. */
export function useClipMask(window: () => ClipWindow | null) {
  const store = useMaskSettings()
  const settings = computed(() => store.settings)
  const compared = useComparedPlanes(window, settings)
  const { shown, isBefore, cameraMoves, failure, busy, retry } = compared
  /** Those of another video would mislead. */
  const planes = computed(() =>
    shown.value?.request.videoId === window()?.videoId ? shown.value : null,
  )
  const cut = computed(() => {
    const { beta, variant, adaptive } = settings.value
    return planes.value && cutMask(planes.value, { beta, variant, adaptive })
  })
  const origin = computed<MaskOrigin>(() => {
    const { beta, variant, adaptive, size } = settings.value
    const compensate = planes.value?.compensated ?? settings.value.compensate
    return { beta: cut.value?.beta ?? beta, variant, adaptive, compensate, size }
  })

  /** Whether what is shown was made of this very clip. */
  const isCurrent = computed(() => {
    const clip = window()
    const now = planes.value
    return clip !== null && now !== null && windowKey(now.request) === windowKey(clip)
  })
  const fame = useFullSize({
    planes: () => (isCurrent.value ? planes.value : null),
    cut: () => cut.value,
    origin: () => origin.value,
  })
  /** What the variant finds in a frame of the clip; null where it has one mask for all of them. */
  const front = (frame: number | null): ShownMask | null => {
    const now = planes.value
    if (!hasFrameMasks(settings.value.variant) || !isCurrent.value || !now || frame === null)
      return null
    const { width, height, fronts } = now
    const pixels = width * height
    const mask = fronts.subarray(frame * pixels, (frame + 1) * pixels)
    return { mask, width, height, version: 0, dirty: null }
  }
  return {
    planes,
    cut,
    origin,
    fame,
    front,
    /** What moves in the clip; undefined while it is being computed, null where it could not be. */
    motion: () => (isCurrent.value ? planes.value : failure.value ? null : undefined),
    isCurrent,
    isBefore,
    cameraMoves,
    failure,
    busy,
    retry,
  }
}

/** The planes of a clip; where the camera is compensated for, beside them those without. */
function useComparedPlanes(window: () => ClipWindow | null, settings: Readonly<Ref<MaskSettings>>) {
  /** Whether the clip is looked at without compensation for a moment. */
  const isBefore = ref(false)
  const request = (compensate: boolean) => {
    const clip = window()
    return clip && { ...clip, size: settings.value.size, compensate }
  }
  const { shown: usual, failure, busy, retry } = usePlanes(() => request(settings.value.compensate))
  /** Beside compensated planes those without, to compare them with. */
  const { shown: plain } = usePlanes(() => (settings.value.compensate ? request(false) : null))
  const shown = computed(() =>
    settings.value.compensate && isBefore.value && plain.value ? plain.value : usual.value,
  )
  /** Whether compensation changes anything in this clip; null while that is not known. */
  const cameraMoves = computed(() => {
    const [after, before] = [usual.value, plain.value]
    if (!settings.value.compensate || !after?.compensated || !before) return null
    if (windowKey(after.request) !== windowKey(before.request)) return null
    if (after.change.length !== before.change.length) return null
    return after.change.some((value, i) => value !== before.change[i])
  })
  watch(
    () => settings.value.compensate,
    () => (isBefore.value = false),
  )
  return { shown, isBefore, cameraMoves, failure, busy, retry }
}

/** Makes the mask at the video's size, once for each cut; null while there are no planes of the clip. */
function useFullSize(of: {
  planes: () => MaskPlanes | null
  cut: () => object | null
  origin: () => MaskOrigin
}): () => FameMask | null {
  const last = shallowRef<{ cut: object; mask: FameMask } | null>(null)
  return () => {
    const planes = of.planes()
    const cut = of.cut()
    if (!planes || !cut) return null
    if (last.value?.cut !== cut) {
      const origin = of.origin()
      const size = { height: planes.videoHeight, width: planes.videoWidth }
      const byFrame = hasFrameMasks(origin.variant)
        ? automaticFrames(planes.fronts, planes, size)
        : undefined
      last.value = { cut, mask: { ...fullSizeMask(planes, origin, size), origin, byFrame } }
    }
    return last.value.mask
  }
}
