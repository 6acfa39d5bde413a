import { methodNamed } from '../methods/index.ts'
import type { PretrainConfig } from './pretrain-config.ts'

/** Why so many processes cannot share the batches of a pretraining; null where they can. */
export function shareFault(
  { batch, method }: Pick<PretrainConfig, 'batch' | 'method'>,
  processes: number,
): string | null {
  const { label, sharesBatches } = methodNamed(method)
  if (!sharesBatches) return `${label} trains in one process only.`
  if (batch % processes === 0) return null
  return `${processes} processes cannot share batches of ${batch} clips: their number must divide it.`
}
