import { computed, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { takeSlots } from '../../../charts/colour-slots.ts'
import { seriesColour } from '../../../charts/series-colours.ts'
import { useAppearance } from '../../../ui/appearance-store.ts'

/** A colour for each of several runs, which stays with it while others come and go. */
export function useRunColours(ids: MaybeRefOrGetter<readonly number[]>) {
  const appearance = useAppearance()
  const slots = shallowRef<ReadonlyMap<number, number>>(new Map())
  watch(
    () => toValue(ids).join(),
    () => (slots.value = takeSlots(slots.value, toValue(ids))),
    { immediate: true },
  )
  return computed(
    () =>
      new Map([...slots.value].map(([id, slot]) => [id, seriesColour(slot, appearance.scheme)])),
  )
}
