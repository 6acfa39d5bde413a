import { samplePresets } from '#shared/config/presets.ts'
import type { Progress } from '#shared/contract/runs.ts'
import type { Workbench } from '../workbench.ts'
import { Measures, type StudyFacts } from './measures.ts'
import { cellsLeft, cellsOf } from './methods-choice.ts'
import {
  keyOf,
  methodColumns,
  methodValidation,
  SUPERVISED_COLUMN,
  supervisedSettings,
  valuesOf,
  type Cell,
  type CellScores,
  type MethodsPlan,
} from './methods-plan.ts'
import { CLIPS } from './shortcut-plan.ts'
import { TimeLeft } from './time-left.ts'

/** What is known of a study of methods. */
export interface MethodsResult extends StudyFacts {
  plan: MethodsPlan
  known: Map<string, CellScores>
  /** Why cells could not be done in this session, by `keyOf`. */
  failed: Map<string, string>
}

export interface MethodsOptions {
  datasetId: number
  plan: MethodsPlan
  /** Trains nothing: gathers what the project has. Default false. */
  onlyKnown?: boolean
  signal?: AbortSignal
  /** Called before a cell. @param left cells, this one included @param secondsLeft null: not known yet */
  onCell: (cell: Cell, left: number, secondsLeft: number | null) => void
  /** Called after each cell with all that is known. */
  onKnown: (result: MethodsResult) => Promise<void>
  onProgress: (progress: Progress) => void
}

/**
 * Compares all methods on the sample set. What the project has is taken; a cell is stored when it is
 * done, so a study that was stopped or killed goes on with the cell that it had begun. A cell that
 * fails is left out, with the reason, until the next start.
 * @throws Error when `signal` aborts; what was known was handed to `onKnown` before
 */
export async function studyMethods(
  workbench: Workbench,
  options: MethodsOptions,
): Promise<MethodsResult> {
  const { plan, onKnown, onCell, onlyKnown = false, signal } = options
  const silent = { onlyKnown: true, onProgress: () => undefined }
  const stored = new Measures(workbench, { ...options, ...silent })
  const known = await gather(stored, plan)
  const failed = new Map<string, string>()
  const time = new TimeLeft()
  const result = (): MethodsResult => ({ plan, known, failed, ...stored.facts() })
  await onKnown(result())
  while (!onlyKnown) {
    const left = cellsLeft(plan, known).filter((cell) => !failed.has(keyOf(cell)))
    if (left.length === 0) break
    const [cell] = left
    onCell(cell, left.length, time.of(left.map(({ row }) => row)))
    const started = performance.now()
    try {
      await measure(new Measures(workbench, options), cell, plan)
      known.set(keyOf(cell), await scoresOf(stored, cell, plan))
      time.add(cell.row, (performance.now() - started) / 1000)
    } catch (error) {
      signal?.throwIfAborted()
      failed.set(keyOf(cell), error instanceof Error ? error.message : String(error))
    }
    await onKnown(result())
  }
  return result()
}

/** What the project has of the cells of a plan. */
async function gather(stored: Measures, plan: MethodsPlan): Promise<Map<string, CellScores>> {
  const known = new Map<string, CellScores>()
  // What is chosen follows from what is known: rates first, then seeds, then rivals.
  for (let before = -1; before < known.size;) {
    before = known.size
    for (const cell of cellsOf(plan, known)) {
      const scores = await scoresOf(stored, cell, plan)
      if (scores.validation || scores.test) known.set(keyOf(cell), scores)
    }
  }
  return known
}

/** What is stored of a cell. @param stored starts nothing */
async function scoresOf(stored: Measures, cell: Cell, plan: MethodsPlan): Promise<CellScores> {
  const validation = await measure(stored, { ...cell, measured: 'validation' }, plan)
  const test = await measure(stored, { ...cell, measured: 'test' }, plan)
  return { ...(validation.validation && validation), ...(test.test && { test: test.test }) }
}

/** Trains and measures one cell; what is missing is left out where nothing may be started. */
async function measure(measures: Measures, cell: Cell, plan: MethodsPlan): Promise<CellScores> {
  const { row, seed, measured } = cell
  const settings = { clips: CLIPS, seed }
  const shape = { runId: null, preset: samplePresets.merged.name } as const
  if (row.kind === 'supervised') {
    const own = { ...supervisedSettings(plan), ...settings }
    const result = await measures.evaluate({ ...shape, protocol: 'finetune', settings: own })
    return result ? { test: { [SUPERVISED_COLUMN]: result.scores.top1 } } : {}
  }
  const isPretrained = row.kind === 'pretrained'
  const run = isPretrained
    ? await measures.pretrain({
        name: keyOf(cell),
        preset: row.preset!.name,
        values: valuesOf(cell, plan),
      })
    : null
  if (isPretrained && !run) return {}
  const encoder = run ? { runId: run.id } : shape
  const test = { ...settings, split: 'test' } as const
  if (!isPretrained) return found('test', await measures.score(encoder, methodColumns, test))
  const held = { ...settings, split: 'validation' } as const
  return {
    ...found('validation', await measures.score(encoder, methodValidation, held)),
    ...(measured === 'test' && found('test', await measures.score(encoder, methodColumns, test))),
  }
}

function found(name: keyof CellScores, scores: Record<string, number> | null): CellScores {
  return scores ? { [name]: scores } : {}
}
