import type { BatchPlace } from '#main/trainer/methods/learner.ts'
import type { PretrainTable } from '#shared/settings/pretraining.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'

/** Every setting of a method's table at its default. */
export function defaultsOf<Table extends PretrainTable>(table: Table): ValuesOf<Table> {
  const rows = Object.entries(table).map(([name, row]) => [name, row.default])
  return Object.fromEntries(rows) as ValuesOf<Table>
}

/** The place of a step of one micro-batch, in the first of many epochs. */
export function placeOf(step: number, steps = 100): BatchPlace {
  return { step, steps, batch: step, epoch: 0 }
}
