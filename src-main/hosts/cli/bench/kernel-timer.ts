/** Entry of the process that times the kernels of an encoder's convolutions. */
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { convLayers, type BenchClips } from '../../../bench/training/conv-layers.ts'
import { benchKernels, type KernelBench } from '../../../bench/training/kernel-bench.ts'
import { loadEngine } from '../../../trainer/engine/load.ts'
import { answerTask } from '../trainer-task.ts'

export type KernelTimerJob = Pick<PretrainConfig, 'model' | 'precision'> & BenchClips

await answerTask(async ({ model, precision, ...clips }: KernelTimerJob): Promise<KernelBench> => {
  const engine = await loadEngine(precision)
  return benchKernels(engine, model, convLayers(engine, model, clips))
})
