// @module-tag tensorflow
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { vitDesign } from '#main/trainer/encoders/vit.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import type { Learned } from '#main/trainer/methods/learner.ts'
import { Videomae, type VideomaeConfig } from '#main/trainer/methods/videomae.ts'
import { drawMask, maskOf, type TokenMask } from '#main/trainer/methods/videomae/masks.ts'
import { shownRows } from '#main/trainer/methods/videomae/pictures.ts'
import { coloursOf, targetOf } from '#main/trainer/methods/videomae/target.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import { Training } from '#main/trainer/training/training.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { imagenetScaling, unitScaling } from '#shared/encoders/scaling.ts'
import { videomaeSettings } from '#shared/methods/videomae.ts'
import { Rng } from '#shared/random/rng.ts'
import { norms, relativeError } from '../golden-networks.ts'
import { formulaState, readGoldenStep } from '../golden-steps.ts'
import { defaultsOf, placeOf } from '../method-defaults.ts'

interface GoldenStep {
  adamw: { lr: number; beta2: number; weight_decay: number }
  parameters: [name: string, shape: number[]][]
  visible_cells: number[][]
  target_l2: number
  loss: number
  gradient_l2: Record<string, number>
  parameter_l2_after_step: Record<string, number>
  loss_after_step: number
  encoder_all_tokens_mean_after_step: number[][]
}

const golden = readGoldenStep<GoldenStep>('videomae')
const SIDE = 64
const config: VideomaeConfig = {
  ...defaultsOf(videomaeSettings),
  model: 'vit_tiny',
  frames: 16,
  size: SIDE,
  seed: 1,
  decoderWidth: 32,
  decoderBlocks: 1,
  decoderHeads: 2,
}
const grid = { times: 8, height: 4, width: 4 }
const encoder = vitDesign({ width: 64, heads: 2, blocks: 2 })

/** The names of the authors' network as the method has them. */
function ownName(name: string): string {
  if (name.startsWith('encoder.norm.')) return name.replace('encoder.norm', 'decoder.encoder_norm')
  if (name.startsWith('encoder.') || name.startsWith('decoder.')) return name
  return `decoder.${name}`
}

/** All 16 frames of both golden clips, rows and columns 24 to 87. */
function goldenView(): Float32Array {
  const folder = path.join(import.meta.dirname, '../../../../resources/golden')
  const each = 16 * SIDE * SIDE * 3
  const view = new Float32Array(2 * each)
  ;['vtest-a', 'tree'].forEach((name, clip) => {
    const bytes = gunzipSync(readFileSync(path.join(folder, `${name}.bin.gz`)))
    for (let i = 0; i < each; i++) {
      const [c, x] = [i % 3, Math.floor(i / 3) % SIDE]
      const [y, t] = [Math.floor(i / 3 / SIDE) % SIDE, Math.floor(i / 3 / SIDE / SIDE)]
      const value = bytes[((t * 112 + 24 + y) * 112 + 24 + x) * 3 + c] / 255
      view[clip * each + i] = (value - imagenetScaling.mean[c]) / imagenetScaling.deviation[c]
    }
  })
  return view
}

const goldenMasks: TokenMask[] = golden.visible_cells.map((visible) =>
  maskOf(grid, (token) => !visible.includes(token % 16)),
)

/** Hides what the golden step hides, and keeps the gradients. */
class Watched extends Videomae {
  gradients: StateDict = new Map()

  override learnMasked(...[clips]: Parameters<Videomae['learnMasked']>): Learned {
    const learned = super.learnMasked(clips, goldenMasks)
    this.gradients = new Map(
      [...learned.gradients].flatMap(([network, vector]) => {
        const weights = this.trained.get(network)!
        const named = weights.named(weights.engine.read(vector))
        return [...named].map(([name, entry]) => [`${network}.${name}`, entry] as const)
      }),
    )
    return learned
  }
}

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

describe('the golden step', () => {
  let gradients: StateDict
  let metrics: Record<string, number>
  let after: StateDict
  let lossAfter: number
  let tokens: number[]

  beforeAll(() => {
    const learner = new Watched(engine, config, encoder)
    const { lr, beta2, weight_decay: weightDecay } = golden.adamw
    const training = new Training(engine, learner, {
      optimiser: 'adamw',
      beta2,
      momentum: 0,
      weightDecay,
      decayVectors: false,
      clipNorm: 0,
    })
    const state = learner.stateDict()
    for (const [name, entry] of formulaState(golden.parameters)) state.set(ownName(name), entry)
    learner.loadState(state)
    metrics = training.accumulate([goldenView()], placeOf(0))
    gradients = learner.gradients
    training.finishStep(lr, lr)
    after = training.stateDict()
    tokens = meanTokens(learner)
    lossAfter = training.accumulate([goldenView()], placeOf(1)).loss
    training.finishStep(0, 0)
    training.dispose()
  })

  /** The mean over all tokens, which the encoder sees without a mask and then normalises. */
  function meanTokens(learner: Videomae): number[] {
    const { weights } = learner.encoder
    return engine.scope(() => {
      const tape = new Tape(engine)
      const clips = engine.tensor(goldenView(), [2, 16, SIDE, SIDE, 3])
      const opened = weights.open()
      const map = learner.encoder.embedTokens(tape, clips, opened)
      const all = engine.reshape(map, [2, 128, 64])
      const encoded = engine.read(learner.encoder.runTokens(tape, all, opened))
      const [scale, offset] = ['weight', 'bias'].map(
        (part) => after.get(`decoder.encoder_norm.${part}`)!.data,
      )
      const sums = new Array<number>(2 * 64).fill(0)
      for (let token = 0; token < 2 * 128; token++) {
        const row = encoded.subarray(token * 64, (token + 1) * 64)
        const mean = row.reduce((sum, value) => sum + value, 0) / 64
        const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 64
        row.forEach((value, c) => {
          const unit = (value - mean) / Math.sqrt(variance + 1e-6)
          sums[Math.floor(token / 128) * 64 + c] += (unit * scale[c] + offset[c]) / 128
        })
      }
      return sums
    })
  }

  it('has the loss, before and after', () => {
    expect(metrics.loss / golden.loss).toBeCloseTo(1, 4)
    expect(lossAfter / golden.loss_after_step).toBeCloseTo(1, 4)
    // The mean square of the target is that of its norm over 2 x 96 tokens of 1,536 numbers.
    const whole = golden.target_l2 ** 2 / (2 * 96 * 1536)
    expect(metrics.explained).toBeCloseTo(1 - golden.loss / whole, 4)
  })

  it('has the norm of every gradient, and none for the norm of the feature', () => {
    const found = norms(gradients)
    const expected = Object.entries(golden.gradient_l2).map(([name, norm]) => [ownName(name), norm])
    const none = ['encoder.fc_norm.weight', 'encoder.fc_norm.bias']
    expect([...found.keys()].sort()).toEqual([...expected.map(([name]) => name), ...none].sort())
    const wrong = expected.filter(
      ([name, norm]) => Math.abs(found.get(name as string)! / (norm as number) - 1) > 1e-3,
    )
    expect(wrong).toEqual([])
    for (const name of none) expect(found.get(name)).toBe(0)
  })

  it('moves every parameter by AdamW, without decay of vectors and of the mask token', () => {
    const found = norms(after)
    const wrong = Object.entries(golden.parameter_l2_after_step).filter(
      ([name, norm]) => Math.abs(found.get(ownName(name))! / norm - 1) > 1e-4,
    )
    expect(wrong).toEqual([])
  })

  it('has the tokens of the encoder after the step', () => {
    const expected = golden.encoder_all_tokens_mean_after_step.flat()
    expect(relativeError(tokens, expected)).toBeLessThan(1e-3)
  })
})

describe('the target', () => {
  // losses.json of the golden figures: sin(0.7 c + 2.1 i) of eight pixels, in float64.
  const expected = [
    [-0.1496983986, 0.7501389611, 1.192133682],
    [1.048567382, 0.3069703777, -0.5612446307],
    [-1.359578022, -1.58110397, -0.9292893834],
    [-0.1263581496, 0.7684385727, 1.195700849],
    [1.036614757, 0.2841981199, -0.5818404805],
    [-1.370849799, -1.57641061, -0.9120610809],
    [-0.1030244995, 0.7864719817, 1.198901416],
    [1.024326729, 0.2612965675, -0.6023003707],
  ].flat()
  const pixels = Float32Array.from({ length: 24 }, (_, i) =>
    Math.sin(0.7 * (i % 3) + 2.1 * Math.floor(i / 3)),
  )

  it('is normalised by cube and colour, and colours come back from it', () => {
    engine.scope(() => {
      const target = targetOf(engine, engine.tensor(pixels, [1, 1, 24]), true)
      expect(relativeError(engine.read(target.values), expected)).toBeLessThan(1e-6)
      const back = coloursOf(engine, target.values, target)
      expect(relativeError(engine.read(back), pixels)).toBeLessThan(1e-6)
    })
  })

  it('is the colours themselves when asked', () => {
    engine.scope(() => {
      const target = targetOf(engine, engine.tensor(pixels, [1, 1, 24]), false)
      expect(engine.read(target.values)).toEqual(pixels)
    })
  })
})

describe('masks', () => {
  const draw = (maskKind: 'tube' | 'random' | 'frame', maskRatio: number): TokenMask =>
    drawMask(new Rng(5), grid, { maskKind, maskRatio })

  it('hide the same cells at all times with tube', () => {
    const { visible, hidden } = draw('tube', 0.9)
    expect([visible.length, hidden.length]).toEqual([8 * 2, 8 * 14])
    const cells = new Set([...visible].map((token) => token % 16))
    expect(cells.size).toBe(2)
  })

  it('hide all cells at some times with frame', () => {
    const { visible } = draw('frame', 0.75)
    expect(new Set([...visible].map((token) => Math.floor(token / 16))).size).toBe(2)
    expect(visible).toHaveLength(2 * 16)
  })

  it('hide any tokens with random', () => {
    const { visible, hidden } = draw('random', 0.9)
    expect(hidden).toHaveLength(115)
    expect(new Set([...visible, ...hidden]).size).toBe(128)
    expect(new Set([...visible].map((token) => token % 16)).size).toBeGreaterThan(2)
  })
})

it('shows what is hidden in grey, and what is predicted of it', () => {
  const cube = { frames: 1, size: 2 }
  const tiny = { times: 1, height: 1, width: 2 }
  const clips = Float32Array.from({ length: 24 }, (_, i) => i / 24)
  const colours = new Float32Array(12).fill(0.25)
  const masks = [maskOf(tiny, (token) => token === 1)]
  // The clip is wider than high here; only the order of its numbers matters.
  const rows = shownRows(clips, { masks, colours, cube, grid: tiny, scaling: unitScaling })
  const isRight = (i: number): boolean => Math.floor(i / 3) % 4 >= 2
  const of = (hidden: number): number[] => [...clips].map((v, i) => (isRight(i) ? hidden : v))
  expect([...rows.get('masked')!.data]).toEqual(of(0.5))
  expect([...rows.get('reconstruction')!.data]).toEqual(of(0.25))
})

describe('settings that do not fit', () => {
  it('are refused with encoders that have no tokens', () => {
    expect(() => completeConfig({ method: 'videomae', model: 'r3d_18' })).toThrow(
      'hides tokens, which R3D-18 does not have: set model to vit_tiny, vit_small, vit_base',
    )
  })

  it('are refused where nothing is hidden, or nothing is left', () => {
    const small = { method: 'videomae', model: 'vit_tiny', frames: 2, size: 16 }
    expect(() => completeConfig(small)).toThrow('Of 1 cells of the frame, maskRatio 0.9 hides 0')
  })

  it('are refused where heads do not divide the width of the decoder', () => {
    expect(() =>
      completeConfig({ method: 'videomae', decoderWidth: 100, decoderHeads: 3 }),
    ).toThrow('cannot have 3 heads')
  })
})
