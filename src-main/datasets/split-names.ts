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
 * The same for names that say of which data set or of what size too: `kinetics_400_train`,
 * `k600-val`, `val_256`. The class `training dog` is none of them.
 */
export function splitWithinName(name: string): Split | null {
  const bare = name
    .replace(/^(tiny[-_])?((k|kinetics)?[-_]?\d*[-_])?/i, '')
    .replace(/[-_](\d+p?|v\d|set|videos|clips)$/i, '')
  return splitOfName(name) ?? splitOfName(bare)
}
