import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  answersRequestSchema,
  predictionsRequestSchema,
  type AnswersRequest,
  type PredictionsRequest,
} from '#shared/contract/evaluations.ts'
import { Predictions } from '#main/evaluations/predictions.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { openQueues, trainingProject } from '../runs/training-project.ts'

const temporaryFolder = temporaryFolders()

/** Video, true class, answers, neighbours; in the order in which they were evaluated. */
const lines = [
  { video: 3, truth: 1, top: [[0, 0.7]] },
  { video: 1, truth: 0, top: [[0, 0.9]] },
  { video: 4, truth: 1, top: [[1, 0.5]] },
  { video: 2, truth: 0, top: [[1, 0.6]], near: [[4, 1, 0.8]] },
]

function evaluated() {
  const project = trainingProject(temporaryFolder())
  const { id } = openQueues(project).evaluations.start({ runId: null, protocol: 'linear' })
  const folder = project.evaluationFolder(id)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'predictions.jsonl')
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const predictions = new Predictions(project)
  const ask = (request: Omit<PredictionsRequest, 'id'>, of = id) =>
    predictions.page(predictionsRequestSchema.parse({ id: of, ...request }))
  const videos = async (request: Omit<PredictionsRequest, 'id'>) =>
    (await ask(request)).rows.map(({ videoId }) => videoId)
  const answers = (request: Omit<AnswersRequest, 'id'>) =>
    predictions.answers(answersRequestSchema.parse({ id, ...request }))
  return { project, file, ask, videos, answers }
}

describe('predictions', () => {
  it('are those of a cell, the mistakes, or all, in the order that is asked for', async () => {
    const { project, videos } = evaluated()
    expect(await videos({ truth: 0, predicted: 1 })).toEqual([2])
    expect(await videos({ truth: 1 })).toEqual([3, 4])
    expect(await videos({ wrongOnly: true })).toEqual([2, 3])
    expect(await videos({ order: 'worst' })).toEqual([3, 2])
    expect(await videos({ order: 'confidence' })).toEqual([1, 3, 2, 4])
    project.close()
  })

  it('come by pages, with paths and neighbours', async () => {
    const { project, ask } = evaluated()
    const page = await ask({ offset: 1, limit: 1 })
    expect(page.total).toBe(4)
    const path = (id: number) => project.store.videos.get(id).path
    expect(page.rows).toEqual([
      {
        videoId: 2,
        path: path(2),
        truth: 0,
        top: [{ label: 1, score: 0.6 }],
        neighbours: [{ videoId: 4, path: path(4), label: 1, similarity: 0.8 }],
      },
    ])
    project.close()
  })

  it('come all at once as lists, in the order that is asked for', async () => {
    const { project, answers } = evaluated()
    expect(await answers({ order: 'worst' })).toEqual({
      videoId: [3, 2],
      truth: [1, 0],
      predicted: [0, 1],
    })
    expect((await answers({})).videoId).toEqual([1, 2, 3, 4])
    project.close()
  })

  it('grow while the file does, up to a line that is not whole yet', async () => {
    const { project, file, ask } = evaluated()
    expect((await ask({})).total).toBe(4)
    appendFileSync(file, `${JSON.stringify({ ...lines[0], video: 5 })}\n{"video":6,`)
    expect((await ask({})).total).toBe(5)
    project.close()
  })

  it('are those of the new file once an evaluation is done again', async () => {
    const { project, file, videos } = evaluated()
    expect(await videos({})).toEqual([1, 2, 3, 4])
    rmSync(file)
    writeFileSync(file, `${JSON.stringify({ video: 9, truth: 0, top: [[1, 0.5]] })}\n`)
    expect(await videos({})).toEqual([9])
    project.close()
  })

  it('are none where none were kept, and refused where there is no such evaluation', async () => {
    const { project, ask } = evaluated()
    const other = project.store.evaluations.add({
      runId: null,
      runName: 'old',
      datasetId: 1,
      protocol: 'linear',
      settings: project.store.evaluations.get(1).settings,
      config: project.store.evaluations.config(1),
    })
    expect(await ask({}, other.id)).toEqual({ total: 0, rows: [] })
    await expect(ask({}, 99)).rejects.toThrow('There is no evaluation 99')
    project.close()
  })
})
