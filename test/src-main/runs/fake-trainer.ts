/**
 * Speaks the trainer's side of the protocol without TensorFlow. FAKE_TRAINER, a JSON `FakeBehaviour`,
 * says what it does; its checkpoint is a file with the number of steps done.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { rehearsedChecks } from '#shared/contract/estimates.ts'
import type { MaskUse } from '#shared/contract/runs.ts'
import type {
  CarryJob,
  FromTrainer,
  PretrainJob,
  TimingJob,
  ToTrainer,
  TrainerJob,
  VideoList,
} from '#main/trainer/process/messages.ts'

export interface FakeBehaviour {
  steps?: number
  /** ms between two steps. */
  pause?: number
  /** Points a step. */
  points?: number
  /** The step at which it does something else than go on. */
  at?: number
  then?: 'crash' | 'fail' | 'diverge' | 'warn'
  /** Hangs when it is told to stop. */
  deaf?: boolean
  /** ms that the step takes, hearing nothing, during which it is told to stop. */
  busy?: number
  /** Masks that it says it has used when it is done. */
  masks?: MaskUse
  /** ms that a checkpoint takes. */
  saving?: number
}

const behaviour = JSON.parse(process.env.FAKE_TRAINER ?? '{}') as FakeBehaviour
const { steps = 5, pause = 1, points = 1 } = behaviour
let stop = false

function say(message: FromTrainer): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) return resolve()
    process.send?.(message, undefined, undefined, () => resolve())
  })
}

async function pretrain(job: PretrainJob): Promise<FromTrainer> {
  const file = join(job.folder, 'checkpoint.txt')
  const first = job.resume && existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  if (first > 0) await say({ type: 'warning', message: `resumed after step ${first}` })
  for (let step = first + 1; step <= steps; step++) {
    await oneStep(step)
    if (step === behaviour.at && behaviour.then === 'fail') {
      return { type: 'failed', message: 'TensorFlow is not set up. Run npm run setup.' }
    }
    if (stop) {
      if (behaviour.deaf) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
      compute(behaviour.busy ?? 0)
      await delay(behaviour.saving ?? 0)
      writeFileSync(file, String(step))
      await say({ type: 'checkpoint', step, file })
      return { type: 'stopped', step }
    }
    await delay(pause)
  }
  if (behaviour.masks) await say({ type: 'masks', use: behaviour.masks })
  return { type: 'done' }
}

/** Keeps a processor busy for so many ms. */
function compute(milliseconds: number): void {
  const until = performance.now() + milliseconds
  while (performance.now() < until) Math.hypot(until, 1)
}

async function oneStep(step: number): Promise<void> {
  const unusual = step === behaviour.at ? behaviour.then : undefined
  if (unusual === 'crash') {
    process.stderr.write('terminate called after throwing out of patience\n')
    process.exit(3)
  }
  if (unusual === 'warn') await say({ type: 'warning', message: 'v_3.avi left out' })
  const value = unusual === 'diverge' ? NaN : 1 / step
  const names = Array.from({ length: points }, (_, k) => (k === 0 ? 'loss' : `loss ${k}`))
  await say({ type: 'metrics', points: names.map((name) => ({ step, name, value })) })
  await say({
    type: 'progress',
    progress: { phase: 'train', done: step, total: steps, rate: 1, unit: 'steps', secondsLeft: 1 },
  })
}

async function work(job: TrainerJob): Promise<FromTrainer> {
  const engine = { tensorflow: '0', device: 'CPU', deviceName: 'Fake' } as const
  await say({
    type: 'engine',
    engine: { ...engine, precision: 'float32', kernels: 'no kernels', notices: [] },
  })
  if (job.kind === 'pretrain') return pretrain(job)
  if (job.kind === 'time') return time(job)
  if (job.kind === 'rehearse') return rehearse()
  if (job.kind === 'mine') return mine()
  if (job.kind === 'carry') return carry(job)
  const { classes, train, test, settings } = job
  const scores = { top1: 0.5, clips: settings.clips }
  const counts = { trainVideos: lengthOf(train), testVideos: lengthOf(test), seconds: 1 }
  await oneStep(1)
  if (behaviour.then !== 'fail') {
    const detail = { confusion: [0, 0, 1], perClass: [{ videos: 1, correct: 1 }] }
    await say({ type: 'result', result: { scores, classes, ...counts }, detail })
  }
  return { type: 'done' }
}

async function time({ config, videos }: TimingJob): Promise<FromTrainer> {
  await oneStep(1)
  await delay(pause)
  const seconds = { compute: 2, first: 3, later: 2, kept: 1 }
  const machine = { device: 'CPU', deviceName: 'Fake', precision: 'float32' } as const
  const timing = { ...machine, ...seconds, timed: config.batch, memory: 1e6 * lengthOf(videos) }
  await say({ type: 'timed', timing })
  return { type: 'done' }
}

async function mine(): Promise<FromTrainer> {
  const positives = [
    { batch: 0, slot: 1, label: 0, similarity: 0.91, isSameSource: false, isRight: true },
    { batch: 1, slot: 0, label: 1, similarity: 0.42, isSameSource: false, isRight: false },
  ]
  await say({
    type: 'mined',
    found: { step: steps, phase: 'Fake mining', view: 3, candidates: 8, positives },
  })
  return { type: 'done' }
}

/** Gives every frame the mask that it was handed. */
async function carry({ indices, from, mask, fixed }: CarryJob): Promise<FromTrainer> {
  for (const place of indices.keys()) {
    if (place === from) continue
    const isHand = fixed.some((hand) => hand.place === place)
    const carried = { mask, agreement: 0.9, overlap: isHand ? 0.5 : null }
    await say({ type: 'carried', place, carried })
    await delay(pause)
  }
  return { type: 'done' }
}

async function rehearse(): Promise<FromTrainer> {
  for (const check of rehearsedChecks) {
    if (check === 'step' && behaviour.then === 'fail') {
      return { type: 'failed', message: 'The loss is not a number. Set precision to float32.' }
    }
    await say({ type: 'passed', check, detail: `${check} is well` })
    await delay(pause)
  }
  return { type: 'done' }
}

function lengthOf(list: VideoList): number {
  return readFileSync(list.file, 'utf8').split('\n').length - 1
}

async function leave(last: FromTrainer): Promise<never> {
  await say(last)
  process.exit(0)
}

let started = false

process.on('disconnect', () => {
  stop = true
})
process.on('message', (message: ToTrainer) => {
  if (message.type === 'start') {
    started = true
    void work(message.job).then(leave)
  } else if (started) stop = true
  else void leave({ type: 'stopped', step: 0 })
})
void say({ type: 'ready', pid: process.pid })
