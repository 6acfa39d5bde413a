import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, ref, watch } from 'vue'
import { api } from '../api/client.ts'
import {
  changedFrom,
  checkForm,
  presetConfig,
  startInput,
  type FormValues,
} from '../lib/form-model.ts'
import { formatCount } from '../lib/format.ts'

/** The state of the form that starts a run. */
export function useRunForm(onStarted: (id: number) => void) {
  const queries = useQueryClient()
  const doctor = useQuery(api.project.doctor.queryOptions({ staleTime: 60_000 }))
  const datasetList = useQuery(api.datasets.list.queryOptions())

  const name = ref('')
  const preset = ref('small-fame')
  const datasetId = ref<number | null>(null)
  const base = computed(() => presetConfig(preset.value))
  const values = ref<FormValues>({ ...base.value })
  let touched = false

  watch(base, (config) => {
    touched = true
    values.value = { ...config }
  })
  watch(
    () => doctor.data.value?.tensorflow.device,
    (device) => {
      if (device === 'GPU' && !touched) preset.value = 'fame-ucf101'
    },
    { immediate: true },
  )
  watch(
    () => datasetList.data.value,
    (list) => (datasetId.value ??= list?.at(-1)?.id ?? null),
    { immediate: true },
  )

  const check = computed(() => checkForm(values.value))
  const changed = computed(() => changedFrom(base.value, values.value))
  const datasets = computed(() =>
    (datasetList.data.value ?? []).map(({ id, name: label, videos }) => ({
      value: id,
      label: `${label} (${formatCount(videos)} videos)`,
    })),
  )
  const training = useQuery(
    computed(() =>
      api.videos.query.queryOptions({
        input: { datasetId: datasetId.value ?? undefined, split: 'train', limit: 1 },
        enabled: datasetId.value !== null,
      }),
    ),
  )
  const plan = computed(() => {
    const videos = training.data.value?.total
    const { batch, epochs } = values.value
    if (!videos || typeof batch !== 'number' || typeof epochs !== 'number') return ''
    const perEpoch = Math.floor(videos / batch)
    if (perEpoch === 0) return `${formatCount(videos)} training videos: fewer than one batch`
    const steps = formatCount(perEpoch * epochs)
    return `${formatCount(videos)} training videos · about ${steps} steps, ${perEpoch} an epoch`
  })
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
  const canStart = computed(
    () =>
      !engineProblem.value &&
      datasetId.value !== null &&
      check.value.byName.size === 0 &&
      check.value.together === null,
  )
  return {
    name,
    preset,
    datasetId,
    values,
    base,
    check,
    changed,
    datasets,
    plan,
    engineProblem,
    canStart,
    starting: start.isPending,
    failure: start.error,
    start: () => {
      const form = { name: name.value, preset: preset.value, values: values.value }
      start.mutate(startInput({ ...form, datasetId: datasetId.value }))
    },
  }
}
