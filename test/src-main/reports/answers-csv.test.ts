import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Protocol } from '#shared/tasks/index.ts'
import { answersCsv } from '#main/reports/answers-csv.ts'
import { openQueues, trainingProject } from '../runs/training-project.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()

/** An evaluation of this protocol that is done and has left these files. */
function evaluated(protocol: Protocol, files: Record<string, unknown>) {
  const project = trainingProject(temporaryFolder())
  const { id } = openQueues(project).evaluations.start({ runId: null, protocol })
  const folder = project.evaluationFolder(id)
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    const text = Array.isArray(content)
      ? content.map((line) => `${JSON.stringify(line)}\n`).join('')
      : JSON.stringify(content)
    writeFileSync(join(folder, name), text)
  }
  const result = {
    scores: {},
    classes: ['run', 'a, "b"'],
    trainVideos: 4,
    testVideos: 2,
    seconds: 1,
  }
  project.store.evaluations.change(id, { status: 'done', result })
  const rows = async (): Promise<Record<string, string>[]> => {
    let text = ''
    for await (const line of answersCsv(project, id)) text += line
    const [head, ...lines] = text.trimEnd().split('\n')
    const names = head.split(',')
    return lines.map((line) => {
      // Cells of these tests have no commas but for the one class that is quoted.
      const cells = line.replaceAll('"a, ""b"""', 'quoted').split(',')
      expect(cells).toHaveLength(names.length)
      return Object.fromEntries(names.map((name, i) => [name, cells[i]]))
    })
  }
  return { project, id, rows, path: (video: number) => project.store.videos.get(video).path }
}

it('has a line for each video with all classes that are kept, and their scores', async () => {
  const { project, rows, path } = evaluated('linear', {
    'predictions.jsonl': [
      {
        video: 5,
        truth: 0,
        top: [
          [0, 0.7],
          [1, 0.3],
        ],
      },
      { video: 6, truth: 0, top: [[1, 0.9]] },
    ],
  })
  const [first, second] = await rows()
  expect(first).toMatchObject({ video: '5', path: path(5), class: 'run', correct: '1' })
  expect(first).toMatchObject({ 'answer 1': 'run', 'score 1': '0.7', 'answer 2': 'quoted' })
  expect(second).toMatchObject({
    correct: '0',
    'answer 1': 'quoted',
    'answer 2': '',
    'score 5': '',
  })
  expect(first).not.toHaveProperty('near 1')
  project.close()
})

it('names neighbours of retrieval, and answers under each background', async () => {
  const near = [
    [1, 1, 0.8],
    [2, 0, 0.5],
  ]
  const retrieval = evaluated('retrieval', {
    'predictions.jsonl': [{ video: 5, truth: 0, top: [[1, 0.8]], near }],
  })
  const [found] = await retrieval.rows()
  expect(found).toMatchObject({ 'near 1': retrieval.path(1), 'near class 1': 'quoted' })
  expect(found).toMatchObject({ 'near class 2': 'run', 'cosine 2': '0.5', 'near 3': '' })
  retrieval.project.close()

  const answers = { original: 0, sameClass: 0, swapped: 1, backgroundOnly: 1, foregroundOnly: 0 }
  const background = evaluated('background', {
    'predictions.jsonl': [{ video: 5, truth: 0, top: [[0, 1]], answers, lent: 1 }],
  })
  expect((await background.rows())[0]).toMatchObject({
    original: 'run',
    swapped: 'quoted',
    foregroundOnly: 'run',
    'lent background': 'quoted',
  })
  background.project.close()
})

it('has the activation in the foreground and the places of the map, video by video', async () => {
  const activation = evaluated('activation', {
    'activation.json': {
      kind: 'activation',
      classes: ['run', 'jump'],
      mapShape: [2, 7, 7],
      masks: { true: 1, corrected: 0, approved: 0, fame: 0 },
      fame: { variant: 'fame', beta: 0.5, streams: ['rgb'] },
      inside: { mean: 0.4, deviation: 0 },
      area: { mean: 0.3 },
      videos: [
        {
          videoId: 5,
          path: 'a.avi',
          label: 1,
          mask: 'true',
          inside: 0.4,
          area: 0.3,
          peakInside: true,
        },
      ],
    },
  })
  expect(await activation.rows()).toEqual([
    {
      video: '5',
      path: 'a.avi',
      class: 'jump',
      // Only evaluations of two streams name theirs.
      stream: '',
      mask: 'true',
      inside: '0.4',
      area: '0.3',
      'peak inside': '1',
    },
  ])
  activation.project.close()

  const map = evaluated('map', {
    'map.json': {
      kind: 'map',
      classes: ['run', 'jump'],
      neighbours: 15,
      minDistance: 0.1,
      total: 2,
      points: { videoId: [1, 5], x: [0.5, -2], y: [1, 3], label: [0, 1], test: [0, 1] },
    },
  })
  const rows = await map.rows()
  expect(rows[0]).toMatchObject({ path: map.path(1), class: 'run', split: 'train', x: '0.5' })
  expect(rows[1]).toMatchObject({ class: 'jump', split: 'test', x: '-2', y: '3' })
  map.project.close()
})

it('says why there is nothing for single videos', async () => {
  const kernels = evaluated('kernels', {})
  await expect(kernels.rows()).rejects.toThrow('has no predictions for single videos')
  const { project } = kernels
  const { id } = openQueues(project).evaluations.start({ runId: null, protocol: 'linear' })
  await expect(answersCsv(project, id).next()).rejects.toThrow('has no result yet')
  await expect(answersCsv(project, 99).next()).rejects.toThrow('There is no evaluation 99')
  project.close()
})
