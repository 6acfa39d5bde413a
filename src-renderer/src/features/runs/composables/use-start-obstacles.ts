import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api } from '../../../api/client.ts'
import { obstaclesOf, type Obstacle } from '../lib/form-model.ts'
import { useTrainingSetup } from '../../training-setup/use-training-setup.ts'
import type { RunSettings } from './use-run-settings.ts'
import type { RunTrial } from './use-run-trial.ts'

/** Everything that prevents a start, so that a disabled button can say why. */
export function useStartObstacles(options: {
  settings: Pick<RunSettings, 'values' | 'check'>
  datasetId: Readonly<Ref<number | null>>
  trial: Pick<RunTrial, 'plan' | 'problem'>
  swept: Readonly<Ref<{ problem: string | null }>>
}) {
  const { settings, datasetId, trial, swept } = options
  const { reason, setup } = useTrainingSetup()
  const doctor = useQuery(api.project.doctor.queryOptions({ staleTime: 60_000 }))
  /** Why nothing can be trained; null where it can, or while that is not known. */
  const engineProblem = computed(() => {
    if (reason.value) return new Error(reason.value)
    const tensorflow = doctor.data.value?.tensorflow
    if (!tensorflow || tensorflow.available) return null
    if (tensorflow.reason !== null) return new Error(tensorflow.reason)
    const isClone = setup.value?.state === 'none'
    const remedy = isClone ? 'Run npm run setup.' : 'Start the workbench again.'
    return new Error(`TensorFlow is not set up. ${remedy}`)
  })
  const obstacles = computed<Obstacle[]>(() => {
    const videos = trial.plan.value?.videos ?? null
    const inForm = obstaclesOf(settings.values.value, settings.check.value, videos)
    return [
      ...general(engineProblem.value?.message),
      ...general(
        datasetId.value === null ? 'There is no data set yet. Index one in Library.' : null,
      ),
      ...inForm,
      // The service's own words, where the form does not know better.
      ...general(inForm.length === 0 ? trial.problem.value : null),
      ...general(swept.value.problem && `Sweep: ${swept.value.problem}`),
    ]
  })
  return { engineProblem, obstacles }
}

/** An obstacle that is of no one setting. */
function general(text: string | null | undefined): Obstacle[] {
  return text ? [{ text, setting: null }] : []
}
