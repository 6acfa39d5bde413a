import { expect, it } from 'vitest'
import { scoreScene } from '#main/bench/scenes/score-scene.ts'
import { summariseHalves, type KindFigures } from '#main/bench/scenes/bench-scenes.ts'
import { maskTrials } from '#main/bench/scenes/trials.ts'

it('a scene is scored once for each way of making masks', async () => {
  const { truth, trials } = await scoreScene({ kind: 'still', seed: 1 })
  expect(truth).toBeGreaterThan(0.1)
  expect(trials.map(({ trial }) => trial)).toEqual(maskTrials.map(({ name }) => name))
  const fame = trials.find(({ trial }) => trial === 'fame 0.5')
  const seed = trials.find(({ trial }) => trial === 'seed adaptive')
  expect(fame?.area).toBeCloseTo(0.5, 3)
  // Before a strong texture the colours tell little, and half of the frame is far too much.
  expect(fame?.iou).toBeLessThan(0.4)
  expect(seed?.iou).toBeGreaterThan(0.8)
})

it('the summary of a half has the mean, the least kind, and the false foreground', () => {
  const kind = (name: string, hasObject: boolean, iou: number, area: number): KindFigures => ({
    kind: name,
    about: '',
    half: 'held-out',
    hasObject,
    truth: 0.2,
    trials: maskTrials.map((trial) => ({ trial: trial.name, iou, area })),
  })
  const figures = [
    kind('a', true, 0.9, 0.2),
    kind('b', true, 0.5, 0.3),
    kind('c', false, 0, 0.04),
    kind('d', false, 1, 0),
  ]
  const [first] = summariseHalves(figures)
  expect(first).toMatchObject({ half: 'held-out', leastIou: 0.5, leastKind: 'b' })
  expect(first.iou).toBeCloseTo(0.7, 12)
  expect(first.falseForeground).toBeCloseTo(0.02, 12)
})
