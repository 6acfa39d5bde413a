import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { Cube } from '#shared/encoders/encoder.ts'
import { encoders } from '#shared/encoders/index.ts'
import { decoderSize, videomaeSettings } from '#shared/methods/videomae.ts'
import { tokenGrid, type TokenGrid } from '#shared/methods/videomae/masks.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import { ConfigError } from '#shared/settings/check.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import type { Engine } from '../engine/engine.ts'
import { drawRows } from '../engine/ops/over-ranks.ts'
import { cubesOf, gatherTokens, reshape } from '../engine/ops/tokens.ts'
import { raw } from '../engine/raw.ts'
import { Tape } from '../engine/tape.ts'
import { sizeOf, type Tensor } from '../engine/tensor.ts'
import type { EncoderDesign } from '../encoders/design.ts'
import { encoderEntries, Encoder, weightsRng } from '../encoders/encoder.ts'
import { Network, type OpenWeights } from '../networks/network.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import { meanSquare } from '../objectives/mean-square.ts'
import { clipsOf } from './clips.ts'
import { GradientPass } from './gradient-pass.ts'
import {
  prefixed,
  unprefixed,
  type BatchPlace,
  type Learned,
  type Learner,
  type MadePictures,
  type MethodImplementation,
  type Treatment,
  type Views,
} from './learner.ts'
import { designSize } from './projector.ts'
import { declareDecoder, MASK_TOKEN, type Decoder } from './videomae/decoder.ts'
import { drawMask, type TokenMask } from './videomae/masks.ts'
import { shownRows } from './videomae/pictures.ts'
import { coloursOf, targetOf, varianceWithin, type Target } from './videomae/target.ts'

export type VideomaeConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'seed'> &
  ValuesOf<typeof videomaeSettings>

const MASKS = 0x6d61736b
const COLOURS = 3

/** What a batch is predicted from, what of it is predicted, and how well. */
interface Predicted {
  target: Target
  /** [B, M, P] */
  prediction: Tensor
  loss: Tensor
}

/**
 * VideoMAE (Tong et al., NeurIPS 2022): the encoder sees the tokens that are not hidden, a decoder
 * predicts the colours of the others. The norm of the feature, which only trained labels use, is not
 * part of it and stays as it was drawn.
 */
export class Videomae implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  readonly treatments: ReadonlyMap<string, Treatment>
  private readonly engine: Engine
  private readonly config: VideomaeConfig
  private readonly cube: Cube
  private readonly grid: TokenGrid
  private readonly decoder: Network
  private readonly predict: Decoder['predict']

  /**
   * @param built the encoder, where it has another size than the model
   * @throws ConfigError where the model has no tokens
   */
  constructor(engine: Engine, config: VideomaeConfig, built?: Pick<EncoderDesign, 'declare'>) {
    const { cube, label } = encoders[config.model]
    const grid = tokenGrid(config)
    if (!cube || !grid) throw new ConfigError(`${label} has no tokens that could be hidden.`)
    const rng = weightsRng(config.seed)
    this.engine = engine
    this.config = config
    this.cube = cube
    this.grid = grid
    this.encoder = new Encoder(engine, config.model, rng, built)
    const { entries, predict } = decoderOf(config, cube, this.encoder.tokenWidth)
    this.decoder = new Network(engine, { entries, layer: (_, x) => x }, rng)
    this.predict = predict
    this.trained = new Map([
      ['encoder', this.encoder.weights],
      ['decoder', this.decoder.weights],
    ])
    const isToken = ({ name }: { name: string }): boolean => name === MASK_TOKEN
    this.treatments = new Map([['decoder', { rules: [{ matches: isToken, weightDecay: 0 }] }]])
  }

  /** There is nothing to update between steps. */
  begin(): void {}

  /** @param views one clip of each video */
  learn([view]: Views, at: BatchPlace): Learned {
    const { engine, config } = this
    const [clips] = clipsOf(engine, config, [view])
    return this.learnMasked(clips, this.masks(clips.shape[0], at))
  }

  /** As `learn`, of clips [B, T, S, S, 3] with these masks, each of as many hidden tokens. */
  learnMasked(clips: Tensor, masks: readonly TokenMask[]): Learned {
    const { engine } = this
    const pass = new GradientPass(engine, this.trained)
    const tape = pass.tape()
    const opened = { encoder: pass.open('encoder'), decoder: pass.open('decoder') }
    const { loss, target } = this.run(tape, clips, masks, opened)
    pass.addLast(tape, loss)
    const whole = varianceWithin(engine, target.values)
    const explained = raw.subtract(engine, engine.scalar(1), raw.divide(engine, loss, whole))
    const metrics = new Map([
      ['loss', loss],
      ['explained', explained],
    ])
    return { gradients: pass.gradients(), metrics }
  }

  /** The clips of a batch, what the encoder sees of them, and what is predicted of the rest. */
  pictures([view]: Views, at: BatchPlace, most: number): MadePictures {
    const { engine, config } = this
    const [all] = clipsOf(engine, config, [view])
    const count = Math.min(most, all.shape[0])
    const masks = this.masks(all.shape[0], at).slice(0, count)
    const clips = raw.slice(engine, all, [0, 0, 0, 0, 0], [count, ...all.shape.slice(1)])
    const opened = {
      encoder: this.encoder.weights.open(),
      decoder: this.decoder.weights.open(),
    }
    const { prediction, target } = this.run(new Tape(engine), clips, masks, opened)
    const colours = engine.read(coloursOf(engine, prediction, target))
    const { cube, grid } = this
    const { scaling } = encoders[config.model]
    const rows = shownRows(engine.read(clips), { masks, colours, cube, grid, scaling })
    return { slots: Array.from({ length: count }, (_, slot) => slot), rows }
  }

  stateDict(): StateDict {
    return new Map([
      ...prefixed('encoder.', this.encoder.stateDict()),
      ...prefixed('decoder.', this.decoder.stateDict()),
    ])
  }

  /** @throws StateError when the state is of another encoder or decoder. */
  loadState(state: StateDict): void {
    this.encoder.loadStateDict(unprefixed('encoder.', state))
    this.decoder.loadStateDict(unprefixed('decoder.', state))
  }

  dispose(): void {
    this.encoder.dispose()
    this.decoder.dispose()
  }

  /** The masks of a batch; they follow from the seed and its place alone. */
  private masks(count: number, at: BatchPlace): TokenMask[] {
    const rng = new Rng(deriveSeed(this.config.seed, MASKS, at.batch))
    return drawRows(this.engine, count, () => drawMask(rng, this.grid, this.config))
  }

  private run(
    tape: Tape,
    clips: Tensor,
    masks: readonly TokenMask[],
    opened: { encoder: OpenWeights; decoder: OpenWeights },
  ): Predicted {
    const { encoder, decoder } = this
    const visible = masks.map((mask) => mask.visible)
    const map = encoder.embedTokens(tape, clips, opened.encoder) // [B, T', H', W', C]
    const tokens = reshape(tape, map, [masks.length, tokensOf(map), encoder.tokenWidth])
    const seen = gatherTokens(tape, tokens, visible) // [B, K, C]
    const encoded = encoder.runTokens(tape, seen, opened.encoder)
    const layer = this.predict(masks)
    const prediction = decoder.run(tape, encoded, opened.decoder, 'train', { layer }) // [B, M, P]
    const target = this.target(clips, masks)
    return { target, prediction, loss: meanSquare(tape, prediction, target.values) }
  }

  /** What is predicted of the hidden cubes. */
  private target(clips: Tensor, masks: readonly TokenMask[]): Target {
    const { engine, cube, config } = this
    const { mean, deviation } = encoders[config.model].scaling
    const vector = (values: readonly number[]): Tensor =>
      engine.tensor(Float32Array.from(values), [COLOURS])
    const spread = raw.multiply(engine, clips, vector(deviation))
    const cubes = cubesOf(engine, raw.add(engine, spread, vector(mean)), cube)
    const numbers = cubes.shape[cubes.shape.length - 1]
    const all = engine.reshape(cubes, [masks.length, tokensOf(cubes), numbers])
    const hidden = gatherTokens(
      new Tape(engine),
      all,
      masks.map((mask) => mask.hidden),
    )
    return targetOf(engine, hidden, config.normaliseTarget)
  }
}

/** Tokens of a clip of a map [B, T', H', W', C]. */
function tokensOf({ shape }: Tensor): number {
  return sizeOf(shape.slice(1, -1))
}

function decoderOf(config: VideomaeConfig, cube: Cube, inputs: number): Decoder {
  const outputs = cube.frames * cube.size ** 2 * COLOURS
  const { width, heads } = decoderSize(config, inputs)
  return declareDecoder({ inputs, width, heads, blocks: config.decoderBlocks, outputs })
}

/** An encoder with a decoder. */
export const videomaeMethod: MethodImplementation = {
  create: (engine, config) => new Videomae(engine, ownSettings(config, videomaeSettings)),
  size(config) {
    const own = ownSettings(config, videomaeSettings)
    const { cube, featureSize } = encoders[own.model]
    const decoder = cube ? decoderOf(own, cube, featureSize).entries : []
    const { trained, statistics } = designSize([...encoderEntries(own.model), ...decoder])
    return { trained, state: trained + statistics }
  },
}
