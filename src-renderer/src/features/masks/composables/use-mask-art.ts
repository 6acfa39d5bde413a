import { shallowRef, watch, type ShallowRef } from 'vue'
import type { Mask, Rectangle } from '#shared/masks/mask.ts'
import { MaskArt } from '../lib/mask-art.ts'

/** A mask, what of it changed since it was last given, and how often it has. */
export interface DrawnMask {
  mask: Mask
  changed: Rectangle | null
  version: number
}

/** A mask ready to be drawn. The object is a new one after each change, its canvases are not. */
export function useMaskArt(source: () => DrawnMask | null): ShallowRef<{ art: MaskArt } | null> {
  const drawn = shallowRef<{ art: MaskArt } | null>(null)
  let before: DrawnMask | null = null
  watch(
    source,
    (now) => {
      const art = drawn.value?.art
      if (!now) {
        drawn.value = null
      } else if (art && art.width === now.mask.width && art.height === now.mask.height) {
        // Pixels that are the same array have changed where they say; others anywhere.
        const isNext = before?.mask.data === now.mask.data && now.version === before.version + 1
        art.update(now.mask, isNext ? now.changed : null)
        drawn.value = { art }
      } else {
        drawn.value = { art: new MaskArt(now.mask) }
      }
      before = now
    },
    { immediate: true },
  )
  return drawn
}
