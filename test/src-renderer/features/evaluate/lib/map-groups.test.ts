import { describe, expect, it } from 'vitest'
import { defaultSettings } from '#shared/config/evaluation-settings.ts'
import type { Protocol } from '#shared/tasks/index.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { MapArtefact } from '#shared/tasks/map/artefact.ts'
import {
  byClass,
  byOutcome,
  byPrediction,
  byTag,
  coloursOf,
  countsOf,
} from '../../../../../src-renderer/src/features/evaluate/lib/map-groups.ts'
import { predictionsFor } from '../../../../../src-renderer/src/features/evaluate/lib/map-predictions.ts'

const map: MapArtefact = {
  kind: 'map',
  classes: ['Jump', 'Spin'],
  neighbours: 15,
  minDistance: 0.1,
  total: 4,
  points: {
    videoId: [11, 12, 13, 14],
    x: [0, 0, 0, 0],
    y: [0, 0, 0, 0],
    label: [0, 1, 1, 0],
    test: [1, 1, 1, 0],
  },
}
/** Of an evaluation that has the classes the other way round. */
const answers = { videoId: [13, 12, 11], truth: [0, 0, 1], predicted: [1, 0, -1] }
const names = ['Spin', 'Jump']

describe('points of a map', () => {
  it('are grouped by whether a prediction was right, and grey where none was made', () => {
    const groups = byOutcome(map, answers)
    const said = groups.points.label.map((label) => groups.names[label])
    expect(said).toEqual(['Wrong', 'Correct', 'Wrong', 'Not tested'])
    expect(countsOf(groups)).toEqual([1, 1, 2])
    expect(groups.series[0]).toBeNull()
  })

  it('take the colour of the predicted class, found by its name', () => {
    const groups = byPrediction(map, answers, names)
    const said = groups.points.label.map((label) => groups.names[label])
    expect(said).toEqual(['Not tested', 'Spin', 'Jump', 'Not tested'])
    const [, jump, spin] = coloursOf(groups, 'dark')
    expect([jump, spin]).toEqual(coloursOf(byClass(map), 'dark'))
  })

  it('are grouped by a tag', () => {
    expect(byTag(map, 'odd', new Set([12])).points.label).toEqual([0, 1, 0, 0])
  })
})

function evaluation(id: number, protocol: Protocol, more: Partial<Evaluation> = {}): Evaluation {
  return {
    id,
    protocol,
    runId: 1,
    runName: 'a',
    datasetId: 1,
    group: null,
    status: 'done',
    settings: defaultSettings(protocol),
    training: {
      cropScaleMin: 0.2,
      cropScaleMax: 1,
      flip: 0.5,
      variant: 'fame',
      beta: 0.5,
      streams: ['rgb'],
    },
    result: { scores: {}, classCount: 0, trainVideos: 1, testVideos: 1, seconds: 1 },
    createdAt: '',
    finishedAt: '',
    error: null,
    place: id,
    ...more,
  }
}

it('takes predictions of the same encoder and data set: of each protocol the newest of all videos', () => {
  const tagged = { settings: { ...defaultSettings('knn'), tag: 'odd' } }
  const all = [
    evaluation(1, 'knn'),
    evaluation(2, 'knn'),
    evaluation(3, 'knn', tagged),
    evaluation(4, 'retrieval', { runId: 2 }),
    evaluation(5, 'linear', { datasetId: 2 }),
    evaluation(6, 'linear', { result: null }),
    evaluation(7, 'background'),
    evaluation(8, 'linear'),
  ]
  const found = predictionsFor(evaluation(9, 'map'), all)
  expect(found.map(({ id }) => id).sort()).toEqual([2, 8])
})
