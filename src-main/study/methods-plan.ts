import { completeConfig } from '#shared/config/pretrain-config.ts'
import { methodText, presetOf, type Preset } from '#shared/config/presets.ts'
import { METHODS, type MethodName } from '#shared/methods/index.ts'
import { namedParts } from '#shared/methods/named-parts.ts'
import type { Values } from '#shared/methods/method.ts'
import type { EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import { stepsPerEpoch } from '../trainer/loader/plan.ts'
import type { StudyColumn } from './measures.ts'
import { shortcutColumns, SUPERVISED, validationColumns } from './shortcut-plan.ts'

/** One encoder of the study of methods, however often it is trained. */
export interface MethodRow {
  name: string
  /** Null for the rows that are not pretrained. */
  preset: Preset | null
  /** Settings beyond those of the preset. Default: none. */
  values?: Values
  kind: 'random' | 'pretrained' | 'supervised'
}

export interface MethodsPlan {
  rows: readonly MethodRow[]
  /** Seeds 1 to n of every row; the closest rivals get one more. */
  seeds: number
  /** Factors of the learning rate of a method's recipe that are tried; 1 is the recipe's own. */
  rates: readonly number[]
  /** Steps of 32 videos; every row sees as many videos. */
  steps: number
  /** Videos of the training split. */
  videos: number
}

/** One piece of work: training an encoder and measuring it. Each is stored when it is done. */
export interface Cell {
  row: MethodRow
  seed: number
  /** Of the recipe's learning rate. */
  rate: number
  /** What is measured: what the settings are chosen by, or that and what the table shows. */
  measured: 'validation' | 'test'
}

/** Scores by the columns' labels, in [0, 1]. */
export interface CellScores {
  validation?: Record<string, number>
  test?: Record<string, number>
}

/** What is known of the cells, by `keyOf`. */
export type KnownCells = ReadonlyMap<string, CellScores>

/** A step of the small recipe. */
export const VIDEOS_A_STEP = 32
/** Rows that get one more seed: the best by validation and those next to it. */
export const RIVALS = 4
/** As many as the small recipe: 60 epochs of the 192 training videos. */
export const DEFAULT_STEPS = 360
export const DEFAULT_RATES = [1, 0.5, 2] as const

const SHOWN = ['Top-1', 'k-NN', 'R@1', 'Swapped', 'Pulled']

export const methodColumns: readonly StudyColumn[] = shortcutColumns.filter(({ label }) =>
  SHOWN.includes(label),
)
export const methodValidation = validationColumns
/** What a network that was trained with labels is measured by. */
export const [SUPERVISED_COLUMN] = SHOWN

/** A row of methods that train together. @param name of their list */
function combinationRow(name: string): MethodRow[] {
  return namedParts
    .filter((list) => list.name === name)
    .map(({ method, setting, text }) => {
      const preset = presetOf({ recipe: 'sample', method, merge: 'none', size: 'cpu' })
      const values = { [setting]: text }
      const config = completeConfig({ ...preset.values, ...values })
      return { name: methodText(config), preset, values, kind: 'pretrained' }
    })
}

/**
 * Methods without merging and with it, between random weights and labels.
 * @param methods every one of the index by default
 * @param combinations names of lists of methods that train together, which follow
 */
export function methodRows(
  methods: readonly MethodName[] = METHODS,
  combinations: readonly string[] = [],
): MethodRow[] {
  const pretrained = methods.flatMap((method) =>
    (['none', 'query'] as const).map((merge): MethodRow => {
      const preset = presetOf({ recipe: 'sample', method, merge, size: 'cpu' })
      return { name: methodText({ method, merge }), preset, kind: 'pretrained' }
    }),
  )
  return [
    { name: 'Random', preset: null, kind: 'random' },
    ...pretrained,
    ...combinations.flatMap(combinationRow),
    { name: 'Supervised', preset: null, kind: 'supervised' },
  ]
}

/** Tells a cell from the others, whatever is measured of it. */
export function keyOf({ row, seed, rate }: Pick<Cell, 'row' | 'seed' | 'rate'>): string {
  return `${row.name}, seed ${seed}, rate ${rate}`
}

/**
 * What a cell changes in its preset: the learning rate, and as many epochs as make it see as many
 * videos as every other, whatever its batch.
 */
export function valuesOf(
  { row, seed, rate }: Pick<Cell, 'row' | 'seed' | 'rate'>,
  { steps, videos }: Pick<MethodsPlan, 'steps' | 'videos'>,
): Values {
  const config = completeConfig({ ...row.preset?.values, ...row.values })
  const { batch, accumulate, dropLast, repeats, lr } = config
  const inEpoch = stepsPerEpoch({ videos, batch, dropLast, repeats }) * batch
  const epochs = Math.max(1, Math.round((steps * VIDEOS_A_STEP) / inEpoch))
  // A run has whole steps: where the batches of all epochs make none, it would have one.
  const whole = Math.max(epochs, Math.ceil((accumulate * batch) / inEpoch))
  return {
    ...row.values,
    epochs: whole,
    seed,
    ...(rate !== 1 && { lr: Number((lr * rate).toPrecision(6)) }),
  }
}

/** The network that is trained with labels sees as many videos, in batches of the same size. */
export function supervisedSettings({
  steps,
  videos,
}: Pick<MethodsPlan, 'steps' | 'videos'>): Partial<EvaluationSettings> {
  const epochs = Math.max(1, Math.round((steps * VIDEOS_A_STEP) / videos))
  const share = (milestone: number | undefined): number =>
    Math.max(1, Math.round(((milestone ?? 1) / (SUPERVISED.epochs ?? 1)) * epochs))
  const { milestone1, milestone2 } = SUPERVISED
  return { ...SUPERVISED, epochs, milestone1: share(milestone1), milestone2: share(milestone2) }
}
