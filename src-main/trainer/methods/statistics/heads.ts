import { attribute } from '../../engine/attributes.ts'
import type { Engine } from '../../engine/engine.ts'
import { raw } from '../../engine/raw.ts'
import type { Tape } from '../../engine/tape.ts'
import type { Tensor } from '../../engine/tensor.ts'
import type { Blueprint, Layer } from '../../networks/blueprint.ts'
import { classify } from '../../objectives/classify.ts'
import { meanSquare } from '../../objectives/mean-square.ts'
import { weightedSum } from '../../objectives/weighted-sum.ts'

/** What a head says of statistics, beside the truth. */
export interface Answered {
  /** Mean over clips and statistics, scalar. */
  loss: Tensor
  /** Share of statistics that are right, scalar. */
  right: Tensor
}

/**
 * @param run gives what a layer makes of the features
 * @param truth the statistics of each clip, from 1
 */
export type Answering = (
  tape: Tape,
  run: (layer: Layer) => Tensor,
  truth: readonly (readonly number[])[],
) => Answered

/** What a head is declared with. */
export interface HeadOf {
  name: string
  /** C, numbers that it takes. */
  features: number
  /** How many values each statistic may have. */
  answers: readonly number[]
}

/** One linear layer whose outputs are the statistics themselves; the loss is their squared error. */
export function indexHead(blueprint: Blueprint, { name, features, answers }: HeadOf): Answering {
  const layer = blueprint.linear(name, features, answers.length)
  return (tape, run, truth) => {
    const { engine } = tape
    const said = run(layer) // [B, N]
    const target = engine.tensor(Float32Array.from(truth.flat()), said.shape)
    return { loss: meanSquare(tape, said, target), right: rightIndices(engine, said, target) }
  }
}

/** One linear layer with a softmax for each statistic. */
export function classHead(blueprint: Blueprint, { name, features, answers }: HeadOf): Answering {
  const layers = answers.map((values, i) => {
    return blueprint.linear(`${name}.${i}`, features, values)
  })
  return (tape, run, truth) => {
    const { engine } = tape
    const found = layers.map((layer, i) => {
      const labels = truth.map((ofClip) => ofClip[i] - 1)
      return classify(tape, run(layer), labels)
    })
    const weight = 1 / layers.length
    const hits = found.map((of) => of.hits)
    return {
      loss: weightedSum(
        tape,
        found.map(({ loss }) => ({ loss, weight })),
      ),
      right: raw.mean(engine, raw.concat(engine, hits, 0), [0]),
    }
  }
}

/** The share that is nearer than a half, scalar. */
function rightIndices(engine: Engine, said: Tensor, target: Tensor): Tensor {
  const distance = raw.squaredDifference(engine, said, target)
  const isNear = engine.op(
    'Greater',
    [engine.scalar(0.25), distance],
    [attribute.type('T', distance.dtype)],
  )
  return raw.mean(engine, engine.cast(isNear, distance.dtype), [0, 1])
}
