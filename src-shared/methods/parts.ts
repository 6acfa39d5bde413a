import type { PretrainConfig } from '../config/pretrain-config.ts'
import { methodOf } from './index.ts'
import { byName, type Part } from './method.ts'

/** The methods that a run trains together; none where its method is one by itself. */
export function partsOf(config: PretrainConfig): readonly Part[] {
  return methodOf(config).parts?.(byName(config)) ?? []
}

/** Whether clips of a run, or of a part of it, have their background replaced. */
export function mergesClips(config: PretrainConfig): boolean {
  const parts = partsOf(config)
  const configs = parts.length > 0 ? parts.map((part) => part.config) : [config]
  return configs.some(({ merge }) => merge !== 'none')
}

/** Clips of a video that belong together, by their places among all clips of the run. */
export interface ViewRange {
  from: number
  views: number
}

/** Which clips of a run are those of each part. */
export function viewRangesOf(parts: readonly Part[]): ViewRange[] {
  let from = 0
  return parts.map(({ config }) => {
    const views = methodOf(config).views(config).length
    from += views
    return { from: from - views, views }
  })
}
