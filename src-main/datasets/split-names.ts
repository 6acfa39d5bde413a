import type { Split } from '#shared/contract/videos.ts'

const NAMES: Record<Split, readonly string[]> = {
  train: ['train', 'training'],
  val: ['val', 'valid', 'validate', 'validation'],
  test: ['test', 'testing'],
}

/** The split that a name means, such as `train`, `validate` or `Test`; null where it means none. */
export function splitOfName(name: string): Split | null {
  const whole = name.toLowerCase()
  for (const split of ['train', 'val', 'test'] as const) {
    if (NAMES[split].includes(whole)) return split
  }
  return null
}

/**
 * The same for names that also say of which data set, of what kind or of what size:
 * `kinetics_400_train`, `k600-val`, `val_256`, `videos_train`, `kinetics400_val_list_videos`. The
 * class `training dog` is none of them.
 */
export function splitWithinName(name: string): Split | null {
  const bare = name
    .replace(/^(tiny[-_])?((k|kinetics)?[-_]?\d*[-_])?/i, '')
    .replace(/^(videos?|clips|rawframes)[-_]/i, '')
    .replace(/([-_](\d+p?|v\d|set|list|split|videos?|clips|rawframes))+$/i, '')
  return splitOfName(name) ?? splitOfName(bare)
}
