/** Entry of the process that times the kernels of an encoder's convolutions. */
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { benchKernels, type KernelBench } from '../../../bench/training/kernel-bench.ts'
import { loadEngine } from '../../../trainer/engine/load.ts'
import { answerTask } from '../trainer-task.ts'

export type KernelTimerJob = Pick<PretrainConfig, 'model' | 'precision'>

await answerTask(async ({ model, precision }: KernelTimerJob): Promise<KernelBench> =>
  benchKernels(await loadEngine(precision), model),
)
