/** What a part of a run may set, whose loss is one of several on the same encoder. */
import type { PretrainTable } from '../settings/pretraining.ts'
import { viewSettings } from '../views/settings.ts'
import type { MethodDescriptor, Values } from './method.ts'

/** Settings of views that all parts share: the encoder and the loader take clips of one size and kind. */
export const SHARED: readonly string[] = [
  'frames',
  'size',
  'modality',
  'flowAlgorithm',
  'flowSize',
  'flowFlip',
  'useCorrections',
]

export const ownViews: PretrainTable = Object.fromEntries(
  Object.entries(viewSettings).filter(([name]) => !SHARED.includes(name)),
)

/** What a part may set: its method's own settings, then those of its views, with its method's defaults. */
export function partTable({ settings, defaults = {} }: MethodDescriptor): PretrainTable {
  const views = Object.entries(ownViews).map(([name, row]) => {
    return [name, name in defaults ? { ...row, default: defaults[name] } : row]
  })
  return { ...settings, ...(Object.fromEntries(views) as PretrainTable) }
}

/** The values among those of a recipe that a part may have. */
export function partValues(method: MethodDescriptor, values: Values): Values {
  const table = partTable(method)
  return Object.fromEntries(Object.entries(values).filter(([name]) => name in table))
}

/** Why a method cannot be a part; null where it can. */
export function whyAlone(method: MethodDescriptor): string | null {
  const { alone, secondStream } = method
  if (alone !== undefined) return alone
  if (method.phases) return 'it trains in phases, each with a schedule and an optimiser of its own'
  return secondStream ? 'it trains a second encoder that is evaluated as well' : null
}
