import { useStorage } from '@vueuse/core'
import { computed, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { RunFile } from '#shared/config/run-file.ts'
import { PROTOCOLS, tasks, type Protocol } from '#shared/tasks/index.ts'
import { startInput } from '../lib/form-model.ts'
import { checkSweep, noSweep, sweepOf, type SweepForm } from '../lib/sweep-form.ts'
import { useOriginalRun } from './use-original-run.ts'
import { useRunDatasets } from './use-run-datasets.ts'
import { useRunSettings } from './use-run-settings.ts'
import { useRunStart } from './use-run-start.ts'
import { useRunSuggestion } from './use-run-suggestion.ts'
import { useRunTrial } from './use-run-trial.ts'
import { useSettingsFile } from './use-settings-file.ts'
import { useStartObstacles } from './use-start-obstacles.ts'

export interface RunFormOptions {
  onStarted: (id: number) => void
  /** A run whose settings the form starts from; null: those of a preset. */
  from: MaybeRefOrGetter<number | null>
}

/** The state of the form that starts a run. */
export function useRunForm({ onStarted, from }: RunFormOptions) {
  const { name, datasetId, datasets, settings, suggestion, yaml, load, print } = useRunDraft(from)
  const { preset, values, check } = settings
  const sweep = ref<SweepForm>({ ...noSweep })
  const swept = computed(() => checkSweep(sweep.value, values.value))
  /** Evaluations that follow. */
  const chain = useStorage<Protocol[]>(
    'fame.run-chain',
    PROTOCOLS.filter((protocol) => tasks[protocol].isProposedAfterRuns),
  )
  /** What would be started; null while something stands against it. */
  const request = computed(() => {
    if (datasetId.value === null || check.value.byName.size > 0 || check.value.together) return null
    const form = { name: name.value, preset: preset.value, values: values.value }
    return {
      ...startInput({ ...form, datasetId: datasetId.value }),
      chain: chain.value.map((protocol) => ({ protocol })),
    }
  })
  const trial = useRunTrial(request)
  const { engineProblem, obstacles } = useStartObstacles({ settings, datasetId, trial, swept })
  const canStart = computed(() => obstacles.value.length === 0)
  const { begin, starting, failure } = useRunStart(onStarted)
  function start() {
    if (!request.value || !canStart.value) return
    // The run is not to wait for a trial of it.
    trial.cancel()
    const seed = values.value.seed
    begin({
      request: request.value,
      sweep: sweepOf(sweep.value, typeof seed === 'number' ? seed : 0),
      sweepName: request.value.name ?? preset.value,
    })
  }
  return {
    name,
    preset,
    choose: settings.choose,
    values,
    base: settings.base,
    check,
    changed: settings.changed,
    suggestion,
    request,
    trial,
    chain,
    yaml,
    load,
    print,
    datasetId,
    datasets,
    engineProblem,
    canStart,
    obstacles,
    sweep,
    swept,
    starting,
    failure,
    start,
  }
}

/** Name, data set and settings of a run: from another run, a file, or what fits this machine. */
function useRunDraft(from: MaybeRefOrGetter<number | null>) {
  const name = ref('')
  const datasetId = ref<number | null>(null)
  const settings = useRunSettings()
  const suggestion = useRunSuggestion(datasetId)
  function take(file: RunFile) {
    if (file.name !== undefined) name.value = file.name
    settings.take(file, suggestion.recipe.value)
  }
  const known = () => (suggestion.isKnown.value ? toValue(from) : null)
  useOriginalRun(known, (original, freeName) => {
    // First: presets that are equal are told apart by the data set.
    datasetId.value = original.datasetId
    take({ name: freeName, values: original.config })
  })
  const file = useSettingsFile({ name, settings, take })
  const datasets = useRunDatasets(datasetId)
  watch(suggestion.preset, (fitting) => fitting && settings.propose(fitting), { immediate: true })
  return { name, datasetId, datasets, settings, suggestion, ...file }
}
