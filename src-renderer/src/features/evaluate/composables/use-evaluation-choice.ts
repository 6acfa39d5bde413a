import { useStorage } from '@vueuse/core'
import type { EvaluationSettingName } from '#shared/config/evaluation-settings.ts'
import { DEFAULT_PROTOCOL, PROTOCOLS, type Protocol } from '#shared/tasks/index.ts'

export type EvaluationValue = number | string | boolean

/** What somebody chose in the form; kept, so that it is here again after looking elsewhere. */
export interface EvaluationChoice {
  /** A run's id, or `random:` and the preset whose shape the encoder takes. */
  encoder: string | null
  protocol: Protocol
  datasetId: number | null
  /** Split lists 1 to 3, one evaluation each. */
  allSplits: boolean
  /** What differs from the defaults, by protocol. */
  settings: Partial<Record<Protocol, Partial<Record<EvaluationSettingName, EvaluationValue>>>>
}

export type KeptChoice = ReturnType<typeof useEvaluationChoice>

/** The choice of last time. Its protocol is one that exists. */
export function useEvaluationChoice() {
  const choice = useStorage<EvaluationChoice>(
    'fame.evaluation-form',
    { encoder: null, protocol: DEFAULT_PROTOCOL, datasetId: null, allSplits: false, settings: {} },
    undefined,
    { mergeDefaults: true },
  )
  if (!PROTOCOLS.includes(choice.value.protocol)) choice.value.protocol = DEFAULT_PROTOCOL
  return choice
}
