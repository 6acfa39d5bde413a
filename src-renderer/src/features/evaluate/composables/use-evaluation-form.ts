import { computed, type MaybeRefOrGetter } from 'vue'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import { useDatasetOptions } from './use-dataset-options.ts'
import { useEncoderOptions } from './use-encoder-options.ts'
import { useEvaluationChoice } from './use-evaluation-choice.ts'
import { useEvaluationRequest } from './use-evaluation-request.ts'
import { useEvaluationStart } from './use-evaluation-start.ts'
import { useTaskSchedule } from './use-task-schedule.ts'
import { useTaskSettings, useWantedTag } from './use-task-settings.ts'

/** The state of the form that starts an evaluation. */
export function useEvaluationForm(options: {
  /** A run to evaluate; null: the choice of last time. */
  wanted: MaybeRefOrGetter<number | null>
  /** A tag that test videos are to have; null: the choice of last time. */
  tag: MaybeRefOrGetter<string | null>
  onStarted: (evaluation: Evaluation) => void
}) {
  const choice = useEvaluationChoice()
  const { options: encoders, singleStreamReason } = useEncoderOptions(choice, options.wanted)
  const { datasets, dataset, hasSplitLists, allSplits } = useDatasetOptions(choice)
  const settings = useTaskSettings(choice)
  const { changed, usual, rows, takesStream, set } = settings
  useWantedTag(choice, set, options.tag)
  const { schedules, schedule } = useTaskSchedule(settings)
  const { request, problem, sentence } = useEvaluationRequest({
    choice,
    changed,
    hasSplitLists,
    allSplits,
    singleStreamReason,
  })
  const { begin, starting, failure } = useEvaluationStart(options.onStarted)
  return {
    choice,
    encoders,
    singleStreamReason,
    datasets,
    dataset,
    hasSplitLists,
    splitList: computed(() => (hasSplitLists.value ? (changed.value.splitList ?? 0) : 0)),
    allSplits,
    rows,
    takesStream,
    changed,
    usual,
    set,
    schedules,
    schedule,
    problem,
    sentence,
    start() {
      if (request.value) begin(request.value, { allSplits: allSplits.value })
    },
    starting,
    failure,
  }
}
