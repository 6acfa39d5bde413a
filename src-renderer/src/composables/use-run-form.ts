import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { useStorage } from '@vueuse/core'
import { computed, nextTick, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { parseRunFile, printRunFile, type RunFile } from '#shared/config/run-file.ts'
import type { Protocol } from '#shared/contract/evaluations.ts'
import { api } from '../api/client.ts'
import {
  changedFrom,
  checkForm,
  nearestPreset,
  presetConfig,
  startInput,
  type FormValues,
} from '../lib/form-model.ts'
import { formatCount } from '../lib/format.ts'
import { useRunSuggestion } from './use-run-suggestion.ts'
import { useRunTrial } from './use-run-trial.ts'
import { checkSweep, noSweep, sweepOf, type SweepForm } from '../lib/sweep-form.ts'

export interface RunFormOptions {
  onStarted: (id: number) => void
  /** A run whose settings the form starts from; null: those of a preset. */
  from: MaybeRefOrGetter<number | null>
}

/** The state of the form that starts a run. */
export function useRunForm({ onStarted, from }: RunFormOptions) {
  const queries = useQueryClient()
  const doctor = useQuery(api.project.doctor.queryOptions({ staleTime: 60_000 }))
  const datasetList = useQuery(api.datasets.list.queryOptions())

  const name = ref('')
  const preset = ref('small-fame')
  const datasetId = ref<number | null>(null)
  const base = computed(() => presetConfig(preset.value))
  const values = ref<FormValues>({ ...base.value })
  const sweep = ref<SweepForm>({ ...noSweep })
  /** Evaluations that follow. */
  const chain = useStorage<Protocol[]>('fame.run-chain', ['linear', 'retrieval'])
  const yaml = ref<{ failure: unknown; said: string }>({ failure: null, said: '' })
  let touched = false

  const betas = useQuery(api.masks.betas.list.queryOptions())
  const projectBeta = computed(
    () => betas.data.value?.find(({ of }) => of.scope === 'project')?.beta,
  )
  /** A form starts with the foreground ratio that is kept for the project, where one is. */
  function takeProjectBeta() {
    const beta = projectBeta.value
    if (beta !== undefined) values.value = { ...values.value, beta }
  }
  watch(preset, () => {
    values.value = { ...base.value }
    takeProjectBeta()
  })
  /** Takes a preset because somebody wants it. */
  function choose(wanted: string) {
    touched = true
    preset.value = wanted
  }
  watch(projectBeta, () => !touched && takeProjectBeta(), { immediate: true })
  const runs = useQuery(api.runs.list.queryOptions())
  const original = computed(() => {
    const id = toValue(from)
    return id === null ? null : (runs.data.value?.find((run) => run.id === id) ?? null)
  })
  watch(
    () => original.value?.id,
    () => {
      if (!original.value) return
      touched = true
      take({ name: original.value.name, values: original.value.config })
      datasetId.value = original.value.datasetId
    },
    { immediate: true },
  )
  /** Takes settings in, from a file or another run. */
  function take(file: RunFile) {
    touched = true
    if (file.name !== undefined) name.value = file.name
    preset.value = file.preset ?? nearestPreset(completeConfig(file.values))
    const start = file.preset === undefined ? completeConfig({}) : presetConfig(file.preset)
    // After the preset's own values have come.
    void nextTick(() => (values.value = { ...start, ...file.values }))
  }
  async function load(file: File) {
    try {
      take(parseRunFile(await file.text()))
      yaml.value = { failure: null, said: `Taken from ${file.name}` }
    } catch (failure) {
      yaml.value = { failure, said: '' }
    }
  }
  function print() {
    const known = Object.entries(values.value).filter(([, value]) => value !== null)
    return printRunFile({
      ...(name.value.trim() && { name: name.value.trim() }),
      values: Object.fromEntries(known),
    })
  }
  watch(
    () => datasetList.data.value,
    (list) => (datasetId.value ??= list?.at(-1)?.id ?? null),
    { immediate: true },
  )

  const check = computed(() => checkForm(values.value))
  const changed = computed(() => changedFrom(base.value, values.value))
  const suggestion = useRunSuggestion(datasetId)
  watch(
    suggestion.preset,
    (name) => {
      if (name && !touched && changed.value.every((key) => key === 'beta')) preset.value = name
    },
    { immediate: true },
  )

  const datasets = computed(() =>
    (datasetList.data.value ?? []).map(({ id, name: label, videos }) => ({
      value: id,
      label: `${label} (${formatCount(videos)} videos)`,
    })),
  )
  const engineProblem = computed(() => {
    const tensorflow = doctor.data.value?.tensorflow
    if (!tensorflow || tensorflow.available) return null
    return new Error(tensorflow.reason ?? 'TensorFlow is not set up: run npm run setup.')
  })

  const start = useMutation(
    api.runs.start.mutationOptions({
      onSuccess: async (run) => {
        await queries.invalidateQueries({ queryKey: api.runs.key() })
        onStarted(run.id)
      },
    }),
  )
  const sweeping = useMutation(
    api.runs.sweep.mutationOptions({
      onSuccess: async ([first]) => {
        await queries.invalidateQueries({ queryKey: api.runs.key() })
        if (first) onStarted(first.id)
      },
    }),
  )
  const swept = computed(() => checkSweep(sweep.value, values.value))
  const canStart = computed(
    () =>
      swept.value.problem === null &&
      !engineProblem.value &&
      datasetId.value !== null &&
      check.value.byName.size === 0 &&
      check.value.together === null,
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
  return {
    name,
    preset,
    choose,
    suggestion,
    trial,
    chain,
    yaml,
    load,
    print,
    datasetId,
    values,
    base,
    check,
    changed,
    datasets,
    engineProblem,
    canStart,
    sweep,
    swept,
    starting: computed(() => start.isPending.value || sweeping.isPending.value),
    failure: computed(() => start.error.value ?? sweeping.error.value),
    start: () => {
      if (!request.value) return
      // The run is not to wait for a trial of it.
      trial.cancel()
      const seed = values.value.seed
      const wanted = sweepOf(sweep.value, typeof seed === 'number' ? seed : 0)
      if (!wanted) return start.mutate(request.value)
      sweeping.mutate({
        ...request.value,
        name: request.value.name ?? preset.value,
        grid: Object.fromEntries(
          Object.entries(wanted.grid).map(([key, tried]) => [key, [...tried]]),
        ),
        ...(wanted.seeds && { seeds: [...wanted.seeds] }),
      })
    },
  }
}
