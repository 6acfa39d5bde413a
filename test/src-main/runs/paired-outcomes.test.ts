import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { mcnemar } from '#shared/metrics/mcnemar.ts'
import { PairedOutcomes } from '#main/runs/paired-outcomes.ts'
import type { PredictionLine } from '#main/trainer/evaluate/predictions.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { openQueues, trainingProject } from './training-project.ts'

const temporaryFolder = temporaryFolders()

function project() {
  const opened = trainingProject(temporaryFolder())
  const { evaluations } = openQueues(opened)
  /** An evaluation that has answered these videos, as it would have written them. */
  const answered = (lines: PredictionLine[]): number => {
    const { id } = evaluations.start({ runId: null, protocol: 'linear' })
    const folder = opened.evaluationFolder(id)
    mkdirSync(folder, { recursive: true })
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    writeFileSync(join(folder, 'predictions.jsonl'), text)
    return id
  }
  return { opened, answered, outcomes: new PairedOutcomes(opened) }
}

/** One line a digit: 1 the class is the first answer, 2 the second, 0 none of them. */
const lines = (digits: string): PredictionLine[] =>
  Array.from(digits, (digit, i) => {
    const other = (label: number): [number, number] => [label, 0.1]
    const top = { 1: [other(7), other(8)], 2: [other(8), other(7)], 0: [other(8), other(9)] }
    return { video: i + 1, truth: 7, top: top[Number(digit) as 0 | 1 | 2] }
  })

it('pairs answers by video, whatever their order, for the score that is asked for', async () => {
  const { opened, answered, outcomes } = project()
  const first = answered(lines('1111111111200'))
  const second = answered(lines('1000000022210').toReversed())
  const same = answered(lines('1111111111200'))
  const ask = (score: string) =>
    outcomes.compare({ score, best: [first], others: [[second], [same]] })
  expect(await ask('top1')).toEqual([mcnemar({ first: 9, second: 1 }), 1])
  expect(await ask('top5')).toEqual([mcnemar({ first: 7, second: 1 }), 1])
  // Of a mean over parts of videos nothing is right or wrong.
  expect(await ask('clipTop1')).toEqual([null, null])
  opened.close()
})

it('pools the split lists that were evaluated together', async () => {
  const { opened, answered, outcomes } = project()
  const [a1, a2] = [answered(lines('111')), answered(lines('1110'))]
  const [b1, b2] = [answered(lines('000')), answered(lines('0001'))]
  const request = { score: 'top1', best: [a1, a2], others: [[b1, b2], [b1]] }
  expect(await outcomes.compare(request)).toEqual([mcnemar({ first: 6, second: 1 }), null])
  opened.close()
})

it('gives no test where videos differ or answers were not kept, and reads a changed file again', async () => {
  const { opened, answered, outcomes } = project()
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
  opened.close()
})

it('gives no test where answers are damaged, and tests the others', async () => {
  const { opened, answered, outcomes } = project()
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
  opened.close()
})
