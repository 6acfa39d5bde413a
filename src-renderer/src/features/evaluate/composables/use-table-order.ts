import { computed, ref, type Ref } from 'vue'
import type { ResultColumn } from '../../../lib/result-table.ts'

/** By which column a table of results is sorted: the first one, until another is pressed. */
export function useTableOrder(columns: Readonly<Ref<readonly ResultColumn[]>>) {
  const pressed = ref({ by: '', descending: true })
  const order = computed(() => {
    const { by, descending } = pressed.value
    const isThere = by === 'name' || columns.value.some(({ key }) => key === by)
    return { by: isThere ? by : (columns.value[0]?.key ?? 'name'), descending }
  })
  /** Pressed again, a column is sorted the other way round. */
  function sortBy(key: string) {
    const { by, descending } = order.value
    pressed.value = { by: key, descending: by === key ? !descending : key !== 'name' }
  }
  /** For `aria-sort`. */
  function sorting(key: string) {
    const { by, descending } = order.value
    if (by !== key) return undefined
    return descending ? ('descending' as const) : ('ascending' as const)
  }
  return { order, sortBy, sorting }
}
