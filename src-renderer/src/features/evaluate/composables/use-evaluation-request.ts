import { computed, type Ref } from 'vue'
import {
  completeSettings,
  settingsFor,
  type EvaluationSettingName,
} from '#shared/config/evaluation-settings.ts'
import type { StartEvaluation } from '#shared/contract/evaluations.ts'
import { protocolSentence } from '#shared/report/protocol-sentence.ts'
import type { KeptChoice } from './use-evaluation-choice.ts'
import type { TaskSettings } from './use-task-settings.ts'

/** What the choice comes to: the request, what is wrong with it, and how it reads. */
export function useEvaluationRequest(options: {
  choice: KeptChoice
  changed: TaskSettings['changed']
  hasSplitLists: Readonly<Ref<boolean>>
  allSplits: Readonly<Ref<boolean>>
  /** Why there is no choice of streams; null where there is. */
  singleStreamReason: Readonly<Ref<string | null>>
}) {
  const { choice, changed, hasSplitLists, allSplits, singleStreamReason } = options
  const isOpen = (name: string) =>
    (name !== 'splitList' || hasSplitLists.value) &&
    (name !== 'stream' || singleStreamReason.value === null)
  const settings = computed(() => {
    const known = new Set(settingsFor(choice.value.protocol).map(([name]) => name))
    const given = Object.entries(changed.value).filter(
      ([name]) => known.has(name as EvaluationSettingName) && isOpen(name),
    )
    return Object.fromEntries(given)
  })
  const complete = computed(() => {
    try {
      return { settings: completeSettings(choice.value.protocol, settings.value), problem: null }
    } catch (problem) {
      return { settings: null, problem }
    }
  })
  const sentence = computed(() => {
    if (!complete.value.settings) return ''
    const { protocol } = choice.value
    const said = protocolSentence({ protocol, settings: complete.value.settings })
    return allSplits.value ? said.replace(/split (as indexed|\d)/, 'splits 1, 2 and 3') : said
  })
  /** Null while something is wrong. */
  const request = computed<StartEvaluation | null>(() => {
    const { encoder, protocol, datasetId } = choice.value
    if (encoder === null || !complete.value.settings) return null
    const [, preset] = encoder.split(':')
    return {
      ...(preset ? { runId: null, preset } : { runId: Number(encoder) }),
      ...(datasetId !== null && { datasetId }),
      protocol,
      settings: settings.value,
    }
  })
  return { request, problem: computed(() => complete.value.problem), sentence }
}
