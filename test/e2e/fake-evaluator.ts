/**
 * Speaks the trainer's side of an evaluation without TensorFlow: every test video is taken for the
 * first class. Halfway it tells what it knows and waits until the file FAKE_GATE is there.
 */
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { PredictionWriter } from '#main/trainer/evaluation/predictions.ts'
import type {
  EvaluateJob,
  FromTrainer,
  ListedVideo,
  ToTrainer,
  VideoList,
} from '#main/trainer/process/messages.ts'

function say(message: FromTrainer): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()))
}

function videosOf({ file }: VideoList): ListedVideo[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ListedVideo)
}

async function evaluate(job: EvaluateJob): Promise<void> {
  const engine = { tensorflow: '0', device: 'CPU', deviceName: 'Fake' } as const
  await say({
    type: 'engine',
    engine: { ...engine, precision: 'float32', kernels: 'no kernels', notices: [] },
  })
  const [train, test] = [videosOf(job.train), videosOf(job.test)]
  const predictions = new PredictionWriter(job.outputs)
  const right = (videos: ListedVideo[]) => videos.filter(({ label }) => label === 0).length
  const confusion = (videos: ListedVideo[]) => [
    ...[0, 0, right(videos)],
    ...[1, 0, videos.length - right(videos)],
  ]
  for (const [i, { id = 0, label }] of test.entries()) {
    const near = train.map((one, rank) => [one.id ?? 0, one.label, 0.9 - 0.1 * rank] as const)
    predictions.add({
      video: id,
      truth: label,
      top: [
        [0, 0.8],
        [1, 0.2],
      ],
      near: near.map(([video, of, cosine]) => [video, of, cosine]),
    })
    if (i + 1 > test.length / 2) continue
    const so = test.slice(0, i + 1)
    const top1 = right(so) / so.length
    const partial = { done: so.length, total: test.length, scores: { top1 } }
    const intervals = { top1: [0.1, 0.9] as [number, number] }
    await say({ type: 'partial', partial: { ...partial, intervals, confusion: confusion(so) } })
    if (i + 1 < test.length / 2) continue
    while (!existsSync(process.env.FAKE_GATE ?? '')) await delay(20)
  }
  predictions.close()
  const counts = { trainVideos: train.length, testVideos: test.length, seconds: 1 }
  const scores = { top1: right(test) / test.length, top5: 1 }
  const perClass = job.classes.map((_, label) => {
    const videos = test.filter((one) => one.label === label).length
    return { videos, correct: label === 0 ? videos : 0 }
  })
  const detail = { confusion: confusion(test), perClass }
  await say({ type: 'result', result: { scores, classes: job.classes, ...counts }, detail })
  await say({ type: 'done' })
  process.exit(0)
}

process.on('message', (message: ToTrainer) => {
  if (message.type === 'start' && message.job.kind === 'evaluate') void evaluate(message.job)
})
void say({ type: 'ready', pid: process.pid })
