import { createHash } from 'node:crypto'
import type { Engine } from '../../../../src-main/trainer/engine/engine.ts'
import { drawAnswers } from '../../../../src-main/trainer/loader/answers.ts'
import { createLearner } from '../../../../src-main/trainer/methods/index.ts'
import { Training } from '../../../../src-main/trainer/training/training.ts'
import { presetOf } from '../../../../src-shared/config/presets.ts'
import { completeConfig, settingsOf } from '../../../../src-shared/config/pretrain-config.ts'
import { encoders } from '../../../../src-shared/encoders/index.ts'
import type { EncoderDescriptor } from '../../../../src-shared/encoders/encoder.ts'
import { viewsOf, type MethodName } from '../../../../src-shared/methods/index.ts'
import type { AnyConfig, Values } from '../../../../src-shared/methods/method.ts'
import { Rng } from '../../../../src-shared/random/rng.ts'

/** What a training of a few steps came to. */
export interface SharedRun {
  losses: number[]
  /** What the encoder's weights have become less what they were, some 2,000 of them. */
  update: number[]
  /** Of all weights of the encoder. */
  hash: string
}

/** A method on tiny clips, as it trains on the sample set. */
export function tinyConfig(method: MethodName, changes: Values = {}): AnyConfig {
  const { values } = presetOf({ recipe: 'sample', method, merge: 'none', size: 'cpu' })
  const { model } = completeConfig({ method, ...values })
  const { cube }: EncoderDescriptor = encoders[model]
  const own = 'queue' in settingsOf(method) ? { queue: 32 } : {}
  const clip = cube ? { frames: 2 * cube.frames, size: 2 * cube.size } : { frames: 4, size: 24 }
  const tiny = { ...clip, batch: 8, precision: 'float32', epochs: 4, warmup: 0, weightDecay: 0 }
  return completeConfig({ ...values, ...tiny, ...own, ...changes })
}

/**
 * Trains on noise. Of each batch this process takes its part, by its rank. The rate stays what it is.
 * @param share of the processes that the engine has joined
 */
export function trainShared(
  engine: Engine,
  config: AnyConfig,
  steps: number,
  share = { rank: 0, size: 1 },
): SharedRun {
  const training = new Training(engine, createLearner(engine, config), config)
  const { weights } = training.learner.encoder
  const read = (): Float32Array => engine.scope(() => engine.read(weights.theta).slice())
  const start = read()
  const losses: number[] = []
  const own = config.batch / share.size
  const [begin, end] = [share.rank * own, (share.rank + 1) * own]
  for (let step = 0; step < steps; step++) {
    const length = config.frames * config.size ** 2 * 3
    const rng = new Rng(100 + step)
    const scene = Float32Array.from({ length: config.batch * length }, () => rng.normal())
    const views = viewsOf(config).map(() => {
      const whole = scene.map((value) => value + 0.3 * rng.normal())
      return whole.slice(begin * length, end * length)
    })
    const answers = drawAnswers(config, new Rng(200 + step)).map((all) => all.slice(begin, end))
    const place = { step, steps, batch: step, epoch: Math.floor(step / 2), answers }
    losses.push(training.accumulate(views, place).loss)
    training.finishStep(config.lr)
  }
  const values = read()
  training.dispose()
  const every = Math.max(1, Math.floor(values.length / 2000))
  return {
    losses,
    update: Array.from(
      values.map((value, i) => value - start[i]).filter((_, i) => i % every === 0),
    ),
    hash: createHash('sha256').update(values).digest('hex'),
  }
}
