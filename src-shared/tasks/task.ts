import type { OwnTraining } from '../contract/evaluations.ts'
import type { Artefact, Cell } from './artefact.ts'
import type { PredictionLine } from './prediction-line.ts'
import type { Score } from './score.ts'
import type { ValuesOf } from '../settings/setting.ts'
import type { EvaluationTable } from './settings/setting.ts'

/** Settings of a task that go together. */
export interface Schedule<Table extends EvaluationTable = EvaluationTable> {
  label: string
  meaning: string
  /** What differs from the defaults. */
  values: Partial<ValuesOf<Table>>
}

/** What is stored of each test video. */
export interface Answers {
  /** What the score of a class is: a probability, a share of a vote, or a cosine. */
  score: 'probability' | 'vote' | 'cosine'
  /** Whether the nearest training videos are stored with the answer. */
  neighbours: boolean
  /** What else is stored, as columns of a table. */
  more?: {
    head: readonly string[]
    /** @param label the name of a class; '' for one that there is not */
    cells(line: PredictionLine, label: (of: number) => string): Cell[]
  }
}

/**
 * A way to evaluate an encoder, as forms, command line, tables, reports and pages know it. Its
 * implementation is `src-main/trainer/tasks/<name>.ts`.
 */
export interface Task<
  Table extends EvaluationTable = EvaluationTable,
  Tab extends string = string,
> {
  label: string
  /** One line that helps to choose. */
  meaning: string
  /** It measures an encoder, or shows why the encoder answers as it does. */
  kind: 'measure' | 'explain'
  /** Splits that it cannot do without. */
  splits: readonly ('train' | 'test')[]
  /** Whether its videos must have a class. Left out: they must. */
  needsClasses?: false
  /** Whether encoders must take colours. Left out: those of flow are evaluated too. */
  needsColours?: true
  /** Whether it uses what people decided about masks. */
  usesMasks: boolean
  /** In the order of the form. */
  settings: Table
  schedules?: Readonly<Record<string, Schedule<Table>>>
  /** What is wrong with settings that are each right by themselves; null where nothing is. */
  fault?(settings: ValuesOf<Table>): string | null
  /** From the strictest to the most lenient. */
  scores: readonly Score[]
  /** Name of the score that stands for all where there is room for one. */
  headline: string
  /**
   * How it comes to its answer: every setting that plays a part and is its own, defaults included.
   * @param own without it the values that it takes from the encoder's training are named but not given
   */
  method(settings: ValuesOf<Table>, own: OwnTraining | undefined): string[]
  /** How the answers of two streams become one. Left out: it cannot evaluate two together. */
  fusion?: string
  /** What is averaged over the clips of a video; null where no clips are. */
  averages: 'logits' | 'features' | null
  /** What is stored of each test video, so that evaluations can be compared video by video. */
  answers: Answers | null
  artefact: Artefact | null
  /** What the page of an evaluation shows, in order. */
  tabs: readonly Tab[]
  /** What an evaluation that was stopped goes on from. */
  resumesFrom: 'checkpoint' | 'features' | 'start'
  /** Whether the form of a run proposes it to follow the run. Every task can follow one. */
  isProposedAfterRuns: boolean
}

/** Checks at compile time that a descriptor fits its own table of settings. */
export function defineTask<const Table extends EvaluationTable, const Tab extends string>(
  task: Task<Table, Tab>,
): Task<Table, Tab> {
  return task
}
