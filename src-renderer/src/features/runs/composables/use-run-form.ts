import { useQuery } from '@tanstack/vue-query'
import { useStorage } from '@vueuse/core'
import { computed, nextTick, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { changedPreset, presetNamed, presetOf, samplePresets } from '#shared/config/presets.ts'
import { METHODS } from '#shared/methods/index.ts'
import type { Values } from '#shared/methods/method.ts'
import { parseRunFile, printRunFile, type RunFile } from '#shared/config/run-file.ts'
import { PROTOCOLS, tasks, type Protocol } from '#shared/tasks/index.ts'
import { api } from '../../../api/client.ts'
import {
  changedFrom,
  checkForm,
  nearestPreset,
  obstaclesOf,
  presetConfig,
  startInput,
  type FormValues,
  type Obstacle,
} from '../lib/form-model.ts'
import { formatCount } from '../../../lib/format.ts'
import { nextName } from '../lib/run-names.ts'
import { useRunStart } from './use-run-start.ts'
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
  const doctor = useQuery(api.project.doctor.queryOptions({ staleTime: 60_000 }))
  const datasetList = useQuery(api.datasets.list.queryOptions())

  const name = ref('')
  const preset = ref(samplePresets.merged.name)
  const datasetId = ref<number | null>(null)
  const base = computed(() => presetConfig(preset.value))
  const values = ref<FormValues>({ ...base.value })
  const sweep = ref<SweepForm>({ ...noSweep })
  /** Evaluations that follow. */
  const chain = useStorage<Protocol[]>(
    'fame.run-chain',
    PROTOCOLS.filter((name) => tasks[name].isProposedAfterRuns),
  )
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
      const taken = (runs.data.value ?? []).map((run) => run.name)
      take({ name: nextName(original.value.name, taken), values: original.value.config })
      datasetId.value = original.value.datasetId
    },
    { immediate: true },
  )
  /** Takes settings in, from a file or another run. */
  function take(file: RunFile) {
    touched = true
    if (file.name !== undefined) name.value = file.name
    const named = file.preset === undefined ? null : presetNamed(file.preset)
    const whole = changedPreset(named, file.values)
    const method = METHODS.find((known) => known === whole.method)
    preset.value = named && method ? presetOf({ ...named, method }).name : nearestPreset(whole)
    // After the preset's own values have come.
    void nextTick(() => (values.value = { ...whole }))
  }
  async function load(file: File) {
    try {
      take(parseRunFile(await file.text()))
      yaml.value = { failure: null, said: `Settings loaded from ${file.name}` }
    } catch (failure) {
      yaml.value = { failure, said: '' }
    }
  }
  function print() {
    // What is no valid number yet is not the file's business.
    const known = Object.entries(values.value).filter(
      ([key, value]) => value !== null && !check.value.byName.has(key),
    )
    return printRunFile({
      ...(name.value.trim() && { name: name.value.trim() }),
      values: Object.fromEntries(known) as Values,
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
    return new Error(tensorflow.reason ?? 'TensorFlow is not set up. Run npm run setup.')
  })

  const swept = computed(() => checkSweep(sweep.value, values.value))
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
  const { begin, starting, failure } = useRunStart(onStarted)
  const canStart = computed(() => obstacles.value.length === 0)
  /** Everything that prevents a start, so that a disabled button can say why. */
  const obstacles = computed<Obstacle[]>(() => {
    const plan = trial.plan.value
    const inForm = obstaclesOf(values.value, check.value, plan?.videos ?? null)
    const general = (text: string | null | undefined): Obstacle[] =>
      text ? [{ text, setting: null }] : []
    return [
      ...general(engineProblem.value?.message),
      ...general(
        datasetId.value === null ? 'There is no data set yet: index one in the Library.' : null,
      ),
      ...inForm,
      // The service's own words, where the form does not know better.
      ...general(inForm.length === 0 ? trial.problem.value : null),
      ...general(swept.value.problem && `Sweep: ${swept.value.problem}`),
    ]
  })
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
    obstacles,
    sweep,
    swept,
    starting,
    failure,
    start: () => {
      if (!request.value || !canStart.value) return
      // The run is not to wait for a trial of it.
      trial.cancel()
      const seed = values.value.seed
      begin({
        request: request.value,
        sweep: sweepOf(sweep.value, typeof seed === 'number' ? seed : 0),
        sweepName: request.value.name ?? preset.value,
      })
    },
  }
}
