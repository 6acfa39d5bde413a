import { computed, type Ref } from 'vue'
import { columnBands } from '../../../lib/column-bands.ts'
import type { ResultColumn } from '../../../lib/result-table.ts'
import { columnHeads } from '../lib/result-columns.ts'
import type { useComparedPapers } from './use-compared-papers.ts'

/** Width of a column of scores with their intervals, in px. */
const SCORE = 92

/** The table of results in bands that fit its width, each with the papers that have values in it. */
export function useResultBands(options: {
  columns: Readonly<Ref<readonly ResultColumn[]>>
  papers: Readonly<Ref<ReturnType<typeof useComparedPapers>['papers']['value']>>
  /** Room beside the names of the encoders, in px. */
  room: Readonly<Ref<number>>
}) {
  const { columns, papers, room } = options
  const groups = computed(() => [
    ...Map.groupBy(columns.value, ({ protocol, apart }) => `${protocol} ${apart}`).values(),
  ])
  /** As many columns as the fullest band has, so that those of all bands stand under each other. */
  const most = computed(() => Math.max(1, ...bands.value.map(({ columns: own }) => own.length)))
  const bands = computed(() =>
    columnBands(groups.value, room.value, () => SCORE).map((own) => ({
      key: own[0]?.key ?? '',
      columns: own,
      heads: columnHeads(own),
      papers: papers.value.filter(({ cells }) => own.some(({ key }) => cells.get(key))),
    })),
  )
  return { bands, most }
}
