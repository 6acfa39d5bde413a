import { ENCODERS, type EncoderName } from '#shared/encoders/index.ts'
import type { Engine } from '../../trainer/engine/engine.ts'
import { createEncoder, encoderEntries } from '../../trainer/encoders/encoder.ts'
import type { StateDict } from '../../trainer/networks/weights.ts'
import { relativeError, type Check } from '../check.ts'
import { formulaValues, type Formula } from '../formulas.ts'
import { GOLDEN_SHAPE, normalisedFrames, readPacked, type NetworkFigures } from '../golden.ts'
import type { Finding } from '../report.ts'

const files = [
  { file: 'networks.json.gz', formula: 'sine' },
  { file: 'networks-more.json.gz', formula: 'square' },
] as const

/**
 * Relative error of whole feature vectors. In bfloat16, statistics of a batch of two clips are too
 * coarse to be compared in training mode.
 */
const limits = { float32: 1e-3, bfloat16: 5e-2 }

/** Features of every encoder that has figures, on the two golden clips. */
export function networkChecks(precision: 'float32' | 'bfloat16'): Check[] {
  return files.flatMap(({ file, formula }) => {
    const names = Object.keys(readPacked<Record<string, unknown>>(file))
    return names.flatMap((figures) => {
      const model = ENCODERS.find((encoder) => encoder === figures.toLowerCase())
      return model ? [networkCheck({ file, figures, formula, model, precision })] : []
    })
  })
}

function networkCheck(of: {
  file: string
  figures: string
  formula: Formula
  model: EncoderName
  precision: 'float32' | 'bfloat16'
}): Check {
  const { file, figures, formula, model, precision } = of
  return {
    id: `networks/${model}/${precision}`,
    title: `Features of ${model}`,
    precision,
    run: async (context) => {
      const golden = readPacked<Record<string, NetworkFigures>>(file)[figures]
      return { findings: compareFeatures(await context.engine(), { golden, formula, model }) }
    },
  }
}

function compareFeatures(
  engine: Engine,
  { golden, formula, model }: { golden: NetworkFigures; formula: Formula; model: EncoderName },
): Finding[] {
  const encoder = createEncoder(engine, { model, seed: null })
  const ks = new Map(golden.parameters.map(([name], k) => [name, k]))
  const state: StateDict = new Map()
  for (const { name, shape } of encoderEntries(model)) {
    const data = formulaValues(formula, { name, shape, k: ks.get(name) ?? 0 })
    state.set(name, { shape: [...shape], data })
  }
  encoder.loadStateDict(state)
  const clips = { data: normalisedFrames({ mirrored: false }), shape: GOLDEN_SHAPE }
  const limit = limits[engine.info.precision]
  const finding = (training: boolean, expected: number[][]): Finding => ({
    what: `features in ${training ? 'training' : 'evaluation'} mode, relative error`,
    error: relativeError(encoder.forwardFeatures(clips, { training }), expected.flat()),
    limit,
    detail: null,
  })
  const findings = [finding(false, golden.eval_features)]
  const inTraining = engine.info.precision === 'float32' ? golden.train_features : undefined
  if (inTraining) findings.push(finding(true, inTraining))
  encoder.dispose()
  return findings
}
