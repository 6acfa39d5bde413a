import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { mcnemar } from '#shared/metrics/mcnemar.ts'
import { PairedOutcomes } from '#main/evaluations/paired-outcomes.ts'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { openQueues, trainingProject } from '../runs/training-project.ts'

const temporaryFolder = temporaryFolders()

function project() {
  const opened = trainingProject(temporaryFolder())
  const queues = openQueues(opened)
  const { evaluations } = queues
  /** An evaluation that has answered these videos, as it would have written them. */
  const answered = (lines: PredictionLine[]): number => {
    const { id } = evaluations.start({ runId: null, protocol: 'linear' })
    const folder = opened.evaluationFolder(id)
    mkdirSync(folder, { recursive: true })
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    writeFileSync(join(folder, 'predictions.jsonl'), text)
    return id
  }
  const close = async (): Promise<void> => {
    await queues.close()
    opened.close()
  }
  return { opened, answered, close, outcomes: new PairedOutcomes(opened) }
}

/** One line a digit: 1 the class is the first answer, 2 the second, 0 none of them. */
const lines = (digits: string, from = 1): PredictionLine[] =>
  Array.from(digits, (digit, i) => {
    const other = (label: number): [number, number] => [label, 0.1]
    const top = { 1: [other(7), other(8)], 2: [other(8), other(7)], 0: [other(8), other(9)] }
    return { video: i + from, truth: 7, top: top[Number(digit) as 0 | 1 | 2] }
  })

it('pairs answers by video, whatever their order, for the score that is asked for', async () => {
  const { answered, close, outcomes } = project()
  const first = answered(lines('1111111111200'))
  const second = answered(lines('1000000022210').toReversed())
  const same = answered(lines('1111111111200'))
  const ask = (score: string) =>
    outcomes.compare({ score, best: [first], others: [[second], [same]] })
  expect(await ask('top1')).toEqual([mcnemar({ first: 9, second: 1 }), 1])
  expect(await ask('top5')).toEqual([mcnemar({ first: 7, second: 1 }), 1])
  // Of a mean over parts of videos nothing is right or wrong.
  expect(await ask('clipTop1')).toEqual([null, null])
  await close()
})

it('pairs no mean of several draws of labels: what is stored are the answers of one', async () => {
  const { opened, answered, close, outcomes } = project()
  const [first, second] = [answered(lines('110')), answered(lines('100'))]
  const result = {
    ...{ scores: { top1: 0.6 }, draws: { top1: [0.5, 0.7] }, classes: ['a', 'b'] },
    ...{ trainVideos: 2, testVideos: 3, seconds: 1 },
  }
  opened.store.evaluations.change(second, { status: 'done', result })
  expect(await outcomes.compare({ score: 'top1', best: [first], others: [[second]] })).toEqual([
    null,
  ])
  await close()
})

it('pools the split lists that were evaluated together', async () => {
  const { answered, close, outcomes } = project()
  const [a1, a2] = [answered(lines('111')), answered(lines('1110', 10))]
  const [b1, b2] = [answered(lines('000')), answered(lines('0001', 10))]
  const request = { score: 'top1', best: [a1, a2], others: [[b1, b2], [b1]] }
  expect(await outcomes.compare(request)).toEqual([mcnemar({ first: 6, second: 1 }), null])
  await close()
})

it('counts a video once that several split lists test, for the side that is right more often', async () => {
  const { answered, close, outcomes } = project()
  // Videos 1 to 4 in all three lists, one more in the last.
  const a = ['1100', '1110', '11001'].map((digits) => answered(lines(digits)))
  const b = ['0001', '0010', '00010'].map((digits) => answered(lines(digits)))
  // Video 1 and 2: 3 to 0; video 3: 1 to 1; video 4: 0 to 2; video 5: 1 to 0.
  expect(await outcomes.compare({ score: 'top1', best: a, others: [b] })).toEqual([
    mcnemar({ first: 3, second: 1 }),
  ])
  await close()
})

it('pairs the answers under each background, and knows no such answers of a plain classifier', async () => {
  const { answered, close, outcomes } = project()
  const background = (swapped: readonly number[]): number =>
    answered(
      swapped.map((answer, i) => {
        return { video: i + 1, truth: 7, top: [[7, 1]], answers: { swapped: answer }, lent: 8 }
      }),
    )
  const first = background([7, 7, 7, 7, 8, 9])
  const second = background([8, 8, 9, 7, 7, 7])
  const plain = answered(lines('111111'))
  const ask = (score: string) =>
    outcomes.compare({ score, best: [first], others: [[second], [plain]] })
  expect(await ask('swapped')).toEqual([mcnemar({ first: 3, second: 2 }), null])
  expect(await ask('pull')).toEqual([mcnemar({ first: 1, second: 2 }), null])
  expect(await ask('top1')).toEqual([1, 1])
  expect(await ask('R@1')).toEqual([null, null])
  await close()
})

it('gives no test where videos differ or answers were not kept, and reads a changed file again', async () => {
  const { opened, answered, close, outcomes } = project()
  const [first, second] = [answered(lines('111111')), answered(lines('000000'))]
  const fewer = answered(lines('00000'))
  const gone = answered(lines('000000'))
  rmSync(join(opened.evaluationFolder(gone), 'predictions.jsonl'))
  const request = { score: 'top1', best: [first], others: [[second], [fewer], [gone]] }
  expect(await outcomes.compare(request)).toEqual([mcnemar({ first: 6, second: 0 }), null, null])
  rmSync(join(opened.evaluationFolder(second), 'predictions.jsonl'))
  const again = lines('111110').map((line) => `${JSON.stringify(line)}\n`)
  writeFileSync(join(opened.evaluationFolder(second), 'predictions.jsonl'), again.join(''))
  expect((await outcomes.compare(request))[0]).toBe(1)
  await expect(outcomes.compare({ ...request, others: [[999]] })).rejects.toThrow(
    'There is no evaluation 999',
  )
  await close()
})

it('gives no test where answers are damaged, and tests the others', async () => {
  const { opened, answered, close, outcomes } = project()
  const [first, second] = [answered(lines('111111')), answered(lines('000000'))]
  const damaged = ['{"video":1,"tru', '{"video":1,"truth":7}\n', 'null\n'].map((text) => {
    const id = answered([])
    writeFileSync(join(opened.evaluationFolder(id), 'predictions.jsonl'), text)
    return id
  })
  const request = { score: 'top1', best: [first], others: [...damaged, second].map((id) => [id]) }
  expect(await outcomes.compare(request)).toEqual([
    ...damaged.map(() => null),
    mcnemar({ first: 6, second: 0 }),
  ])
  await close()
})
