// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { dropout } from '#main/trainer/engine/ops/dropout.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { mlp } from '#main/trainer/networks/heads.ts'
import { Network } from '#main/trainer/networks/network.ts'
import { classify } from '#main/trainer/objectives/classify.ts'
import { Rng } from '#shared/random/rng.ts'
import figures from '../../../fixtures/objectives/pretext.json' with { type: 'json' }
import { formulaState } from '../golden-steps.ts'

const [N, C, K] = [4, 8, 4]
const features = Float32Array.from({ length: N * C }, (_, at) =>
  Math.sin(0.7 * (at % C) + 2.1 * Math.floor(at / C)),
)

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

describe.each(figures.heads)(
  'the head of the golden figures ($name)',
  ({ k, logits, labels, loss }) => {
    it("gives PyTorch's scores, loss and gradient", () => {
      const head = new Network(engine, mlp(C, [{ outputs: K }]), null)
      const shapes = [['0.weight', [K, C]] as const, ['0.bias', [K]] as const]
      head.loadStateDict(
        formulaState(
          shapes.map(([name, shape]) => [name, [...shape]]),
          k,
        ),
      )
      engine.scope(() => {
        const tape = new Tape(engine)
        const x = engine.tensor(features, [N, C])
        const opened = head.weights.open()
        tape.watch(opened.values())
        const scores = head.run(tape, x, opened, 'train')
        engine.read(scores).forEach((value, i) => expect(value).toBeCloseTo(logits.flat()[i], 5))
        const result = classify(tape, scores, labels)
        expect(engine.read(result.loss)[0]).toBeCloseTo(loss, 5)
        const best = logits.map((row) => row.indexOf(Math.max(...row)))
        expect([...engine.read(result.hits)]).toEqual(best.map((at, i) => Number(at === labels[i])))
        // The gradient in the bias is the mean of softmax less target.
        const bias = [...opened].find(([{ name }]) => name === '0.bias')![1]
        const gradient = engine.read(tape.backward(result.loss, engine.scalar(1)).get(bias)!)
        const shares = logits.map((row) => {
          const powers = row.map(Math.exp)
          return powers.map((power) => power / powers.reduce((a, b) => a + b))
        })
        gradient.forEach((value, at) => {
          const expected = shares.map((row, i) => row[at] - Number(labels[i] === at))
          expect(value).toBeCloseTo(expected.reduce((a, b) => a + b) / N, 5)
        })
      })
      head.dispose()
    })
  },
)

it('counts no hit where all scores are equal', () => {
  engine.scope(() => {
    const scores = engine.tensor(new Float32Array(6).fill(0.3), [2, 3])
    const { hits, loss } = classify(new Tape(engine), scores, [0, 2])
    expect([...engine.read(hits)]).toEqual([0, 0])
    expect(engine.read(loss)[0]).toBeCloseTo(Math.log(3), 5)
  })
})

it('leaves out a part of the features, keeps their mean, and nothing with 0', () => {
  engine.scope(() => {
    const tape = new Tape(engine)
    const x = engine.tensor(new Float32Array(10_000).fill(1), [100, 100])
    tape.watch([x])
    expect(dropout(tape, x, 0, new Rng(1))).toBe(x)
    const y = dropout(tape, x, 0.5, new Rng(1))
    const kept = engine.read(y).slice()
    expect(new Set(kept)).toEqual(new Set([0, 2]))
    expect(kept.reduce((a, b) => a + b) / kept.length).toBeCloseTo(1, 1)
    expect([...engine.read(tape.backward(y, y).get(x)!)]).toEqual([...kept.map((v) => v * v)])
  })
})
