import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import { csvCell } from '#shared/report/csv-cell.ts'
import type { Artefact, Cell, Names } from '#shared/tasks/artefact.ts'
import { tasks } from '#shared/tasks/index.ts'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'
import type { Project } from '../store/project.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import { KEPT_CLASSES, KEPT_NEIGHBOURS } from '../trainer/evaluation/predictions.ts'

/** The rows of one evaluation: a head, then one row a video. */
interface Rows {
  head: readonly string[]
  rows: AsyncIterable<Cell[]> | Iterable<Cell[]>
}

/**
 * What an evaluation found for each video, as comma-separated values, line by line: answers with
 * their scores and neighbours, answers under every background, activation in the foreground, or
 * places on the map.
 * @throws WorkbenchError when there is no such evaluation, it has no result, or it keeps nothing by
 * video
 */
export async function* answersCsv(
  project: Project,
  id: number,
): AsyncGenerator<string, void, undefined> {
  const evaluation = project.store.evaluations.get(id)
  const { head, rows } = await rowsOf(project, evaluation)
  yield `${head.map(csvCell).join(',')}\n`
  for await (const row of rows) yield `${row.map((cell) => csvCell(String(cell))).join(',')}\n`
}

async function rowsOf(project: Project, evaluation: Evaluation): Promise<Rows> {
  const { id, protocol, result, status } = evaluation
  if (!result) {
    throw new WorkbenchError(
      `Evaluation ${id} is ${status} and has no result yet. Finish it first.`,
    )
  }
  const folder = project.evaluationFolder(id)
  const { store } = project
  const classes = store.evaluations.classes(id)
  const names: Names = {
    video: (video) => store.videos.these([video])[0]?.path ?? '',
    label: (label) => classes[label] ?? '',
  }
  const { artefact } = tasks[protocol]
  if (artefact?.byVideo) {
    const text = await readFile(join(folder, `${protocol}.json`), 'utf8').catch(() => missing(id))
    return artefactRows(artefact, text, names)
  }
  const file = join(folder, 'predictions.jsonl')
  if (!(await stat(file).catch(() => null))) missing(id)
  return answerRows(evaluation, linesOf(file), names)
}

function missing(id: number): never {
  throw new WorkbenchError(
    `Evaluation ${id} has no predictions for single videos. Evaluations of temporal kernels use no ` +
      'video; background sensitivity of older versions stored only totals. Evaluate again.',
  )
}

async function* linesOf(file: string): AsyncGenerator<PredictionLine> {
  for await (const text of createInterface({ input: createReadStream(file) })) {
    yield JSON.parse(text) as PredictionLine
  }
}

const COMMON = ['video', 'path', 'class'] as const

function answerRows(
  { protocol }: Evaluation,
  lines: AsyncIterable<PredictionLine>,
  names: Names,
): Rows {
  const ranks = Array.from({ length: KEPT_CLASSES }, (_, i) => i + 1)
  const nearest = Array.from({ length: KEPT_NEIGHBOURS }, (_, i) => i + 1)
  const { neighbours = false, more } = tasks[protocol].answers ?? {}
  const head = [
    ...COMMON,
    'correct',
    ...ranks.flatMap((rank) => [`answer ${rank}`, `score ${rank}`]),
    ...(neighbours
      ? nearest.flatMap((rank) => [`near ${rank}`, `near class ${rank}`, `cosine ${rank}`])
      : []),
    ...(more?.head ?? []),
  ]
  async function* rows(): AsyncGenerator<Cell[]> {
    for await (const line of lines) {
      const { video, truth, top, near = [] } = line
      yield [
        ...[video, names.video(video), names.label(truth), Number(top[0]?.[0] === truth)],
        ...padded(top, KEPT_CLASSES, ([label, score]) => [names.label(label), score], 2),
        ...(neighbours
          ? padded(
              near,
              KEPT_NEIGHBOURS,
              ([id, label, cosine]) => [...[names.video(id), names.label(label), cosine]],
              3,
            )
          : []),
        ...(more?.cells(line, names.label) ?? []),
      ]
    }
  }
  return { head, rows: rows() }
}

/** The cells of `count` entries; those that there are not stay empty. */
function padded<T>(
  entries: readonly T[],
  count: number,
  cells: (entry: T) => Cell[],
  width: number,
): Cell[] {
  const known = entries.slice(0, count).flatMap(cells)
  return [...known, ...Array<Cell>(count * width - known.length).fill('')]
}

function artefactRows({ schema, byVideo }: Artefact, text: string, names: Names): Rows {
  const content = schema.parse(JSON.parse(text))
  return {
    head: [...COMMON, ...(byVideo?.head ?? [])],
    rows: byVideo?.rows(content, names) ?? [],
  }
}
