import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import {
  activationArtefact,
  BACKGROUND_CONDITIONS,
  mapArtefact,
  type ActivationArtefact,
  type MapArtefact,
} from '#shared/contract/explain.ts'
import { csvCell } from '#shared/report/csv-cell.ts'
import type { Project } from '../store/project.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import {
  KEPT_CLASSES,
  KEPT_NEIGHBOURS,
  type PredictionLine,
} from '../trainer/evaluation/predictions.ts'

type Cell = string | number

/** The rows of one evaluation: a head, then one row a video. */
interface Rows {
  head: readonly string[]
  rows: AsyncIterable<Cell[]> | Iterable<Cell[]>
}

/** Where names of videos and classes come from. */
interface Names {
  video: (id: number) => string
  label: (label: number) => string
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
      `Evaluation ${id} is ${status}: it has no result yet. Finish it first.`,
    )
  }
  const folder = project.evaluationFolder(id)
  const { store } = project
  const classes = store.evaluations.classes(id)
  const names: Names = {
    video: (video) => store.videos.these([video])[0]?.path ?? '',
    label: (label) => classes[label] ?? '',
  }
  if (protocol === 'activation') {
    const text = await readFile(join(folder, 'activation.json'), 'utf8').catch(() => missing(id))
    return activationRows(activationArtefact.parse(JSON.parse(text)))
  }
  if (protocol === 'map') {
    const text = await readFile(join(folder, 'map.json'), 'utf8').catch(() => missing(id))
    return mapRows(mapArtefact.parse(JSON.parse(text)), names)
  }
  const file = join(folder, 'predictions.jsonl')
  if (!(await stat(file).catch(() => null))) missing(id)
  return answerRows(evaluation, linesOf(file), names)
}

function missing(id: number): never {
  throw new WorkbenchError(
    `Evaluation ${id} keeps nothing for single videos. Evaluations of temporal kernels look at no ` +
      'video; background sensitivity of older versions kept totals only: evaluate again.',
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
  const hasNeighbours = protocol === 'knn' || protocol === 'retrieval'
  const hasConditions = protocol === 'background'
  const head = [
    ...COMMON,
    'correct',
    ...ranks.flatMap((rank) => [`answer ${rank}`, `score ${rank}`]),
    ...(hasNeighbours
      ? nearest.flatMap((rank) => [`near ${rank}`, `near class ${rank}`, `cosine ${rank}`])
      : []),
    ...(hasConditions ? [...BACKGROUND_CONDITIONS, 'lent background'] : []),
  ]
  async function* rows(): AsyncGenerator<Cell[]> {
    for await (const { video, truth, top, near = [], answers = {}, lent = -1 } of lines) {
      yield [
        ...[video, names.video(video), names.label(truth), Number(top[0]?.[0] === truth)],
        ...padded(top, KEPT_CLASSES, ([label, score]) => [names.label(label), score], 2),
        ...(hasNeighbours
          ? padded(
              near,
              KEPT_NEIGHBOURS,
              ([id, label, cosine]) => [...[names.video(id), names.label(label), cosine]],
              3,
            )
          : []),
        ...(hasConditions
          ? [...BACKGROUND_CONDITIONS.map((name) => names.label(answers[name])), names.label(lent)]
          : []),
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

function activationRows({ videos, classes }: ActivationArtefact): Rows {
  return {
    head: [...COMMON, 'mask', 'inside', 'area', 'peak inside'],
    rows: videos.map(({ videoId, path, label, mask, inside, area, peakInside }) => [
      ...[videoId, path, classes[label], mask, inside, area, Number(peakInside)],
    ]),
  }
}

function mapRows({ points, classes }: MapArtefact, names: Names): Rows {
  const { videoId, x, y, label, test } = points
  return {
    head: [...COMMON, 'split', 'x', 'y'],
    rows: videoId.map((id, i) => {
      return [id, names.video(id), classes[label[i]], test[i] ? 'test' : 'train', x[i], y[i]]
    }),
  }
}
