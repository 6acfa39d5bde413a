import { computed } from 'vue'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { benchmarkOf } from '#shared/report/published.ts'
import { chanceOf } from '#shared/report/scores.ts'

/** How many classes results tell apart, and to which benchmark of papers that belongs. */
export function useResultBenchmark(
  props: Readonly<{ dataset: Dataset; evaluations: readonly Evaluation[] }>,
) {
  const classes = computed(
    () => props.evaluations.find(({ result }) => result)?.result?.classCount ?? 0,
  )
  // A data set without its videos knows no classes; its results do.
  const benchmark = computed(() => {
    const { format, videos, classes: named } = props.dataset
    return benchmarkOf(format, videos > 0 ? named.length : classes.value)
  })
  const chance = ({ score }: { score: string }) => chanceOf(score, classes.value)
  return { classes, benchmark, chance }
}
