import { useStorage } from '@vueuse/core'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { Run } from '#shared/contract/runs.ts'
import { sortedRows, type CompareColumn } from '../lib/compare-columns.ts'

/** Chosen columns and order of the comparison, kept between visits. */
export function useCompareTable(
  runs: MaybeRefOrGetter<readonly Run[]>,
  columns: MaybeRefOrGetter<readonly CompareColumn[]>,
) {
  /** By column; those that nobody chose are shown as they usually are. */
  const chosen = useStorage<Record<string, boolean>>('fame.compare-columns', {})
  const sort = useStorage<{ key: string; down: boolean }>('fame.compare-sort', {
    key: '',
    down: false,
  })
  const shown = computed(() =>
    toValue(columns).filter(({ key, isUsual }) => chosen.value[key] ?? isUsual),
  )
  const rows = computed(() =>
    sortedRows(toValue(columns), toValue(runs), sort.value.key === '' ? null : sort.value),
  )
  /** First up, then down, then as the list has them. */
  function sortBy(key: string) {
    if (sort.value.key !== key) sort.value = { key, down: false }
    else if (!sort.value.down) sort.value = { key, down: true }
    else sort.value = { key: '', down: false }
  }
  function show(key: string, isShown: boolean) {
    chosen.value = { ...chosen.value, [key]: isShown }
  }
  return { shown, rows, sort, sortBy, show, reset: () => (chosen.value = {}) }
}
