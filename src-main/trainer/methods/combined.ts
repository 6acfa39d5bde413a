import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { Part } from '#shared/methods/method.ts'
import { partsOf, viewRangesOf, type ViewRange } from '#shared/methods/parts.ts'
import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import type { Tensor } from '../engine/tensor.ts'
import { encoderEntries, type Encoder } from '../encoders/encoder.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import {
  prefixed,
  unprefixed,
  type BatchPlace,
  type Learned,
  type Learner,
  type MadePictures,
  type MethodImplementation,
  type TakeIn,
  type Treatment,
  type Views,
} from './learner.ts'
import { designSize } from './projector.ts'

const ENCODER = 'encoder'

interface LearningPart extends Part {
  learner: Learner
  /** Where its clips are among those of the run. */
  range: ViewRange
}

/** Finds the implementation of a part by its settings. */
type ImplementationOf = (config: PretrainConfig) => MethodImplementation

/**
 * A weighted sum of methods on one encoder. Each part is the learner of its method, as that method alone
 * would make it, except that all encoders are the first one. A part is given its own clips, and its
 * gradients count times its weight: those of the encoder are summed, those of other networks are its own.
 */
export class Combined implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  readonly treatments: ReadonlyMap<string, Treatment>
  /** Those of the first part that makes some. */
  readonly pictures?: (views: Views, at: BatchPlace, most: number) => MadePictures
  private readonly engine: Engine
  private readonly parts: readonly LearningPart[]
  /** Parts that have asked for no update in this step, and why. */
  private readonly waiting = new Map<LearningPart, string>()

  constructor(engine: Engine, config: PretrainConfig, implementationOf: ImplementationOf) {
    const parts = partsOf(config)
    const ranges = viewRangesOf(parts)
    this.engine = engine
    this.parts = parts.map((part, i) => ({
      ...part,
      range: ranges[i],
      learner: implementationOf(part.config).create(engine, part.config),
    }))
    const [first, ...others] = this.parts
    this.encoder = first.learner.encoder
    // All of them were drawn with the seed of the run, so that a moving average that was copied from
    // its own encoder equals the shared one.
    for (const { learner } of others) learner.encoder.shareWith(this.encoder)
    const trained = new Map<string, Weights>()
    for (const part of this.parts) {
      part.learner.trained.forEach((weights, network) => {
        const name = nameOf(part, network)
        if (!trained.has(name)) trained.set(name, weights)
      })
    }
    this.trained = trained
    this.treatments = treatmentsOf(this.parts)
    const shown = this.parts.find(({ learner }) => learner.pictures !== undefined)
    if (shown) {
      this.pictures = (views, at, most) =>
        shown.learner.pictures!(viewsOf(shown, views), placeOf(shown, at), most)
    }
  }

  /** Nothing is taken in before the work of all parts has ended. */
  async prepare(at: BatchPlace, goesOn: () => Promise<boolean>): Promise<TakeIn | null> {
    const all: TakeIn[] = []
    for (const part of this.parts) {
      const takeIn = await part.learner.prepare?.(placeOf(part, at), goesOn)
      if (takeIn === null) return null
      if (takeIn) all.push(() => takeIn().map((network) => nameOf(part, network)))
    }
    return () => all.flatMap((takeIn) => takeIn())
  }

  begin(at: BatchPlace): void {
    this.waiting.clear()
    for (const { learner } of this.parts) learner.begin(at)
  }

  /**
   * A part that asks for no update adds no gradient from then on in this step, as it would make none
   * alone, where that ends the whole step; only where all of them ask, the step ends without one. The
   * loss has its share all the time.
   * @param views those of each part, one part after another
   */
  learn(views: Views, at: BatchPlace): Learned {
    const { engine } = this
    const gradients = new Map<string, Tensor>()
    const metrics = new Map<string, Tensor>()
    let total: Tensor | null = null
    for (const part of this.parts) {
      const { name, weight } = part
      const learned = this.learnPart(part, views, at)
      if (learned.skipUpdate !== undefined) this.waiting.set(part, learned.skipUpdate)
      if (!this.waiting.has(part)) this.add(gradients, part, learned.gradients)
      learned.metrics.forEach((value, metric) => metrics.set(`${name}.${metric}`, value))
      const loss = this.weighted(learned.metrics.get('loss')!, weight)
      total = total === null ? loss : raw.add(engine, total, loss)
    }
    const waits = this.waiting.size === this.parts.length
    return {
      gradients,
      metrics: new Map([['loss', total!], ...metrics]),
      ...(waits && { skipUpdate: this.waiting.get(this.parts[0]) }),
    }
  }

  /** Frees what a part made on its way before the next one begins. */
  private learnPart(part: LearningPart, views: Views, at: BatchPlace): Learned {
    const found: Learned[] = []
    this.engine.scope(() => {
      const learned = part.learner.learn(viewsOf(part, views), placeOf(part, at))
      found.push(learned)
      return [...learned.gradients.values(), ...learned.metrics.values()]
    })
    return found[0]
  }

  private add(
    sums: Map<string, Tensor>,
    part: LearningPart,
    gradients: ReadonlyMap<string, Tensor>,
  ): void {
    for (const [network, gradient] of gradients) {
      const name = nameOf(part, network)
      const [before, own] = [sums.get(name), this.weighted(gradient, part.weight)]
      sums.set(name, before ? raw.add(this.engine, before, own) : own)
    }
  }

  private weighted(x: Tensor, weight: number): Tensor {
    return weight === 1 ? x : raw.scale(this.engine, x, weight)
  }

  /** `encoder.*` once, and all else of each part under `parts.` and its place in the list. */
  stateDict(): StateDict {
    const all = this.parts.flatMap((part, i) => {
      const state = [...part.learner.stateDict()]
      const own = state.filter(([name]) => !name.startsWith(`${ENCODER}.`))
      const shared = i === 0 ? state.filter(([name]) => name.startsWith(`${ENCODER}.`)) : []
      return [...shared, ...prefixed(prefixOf(part), new Map(own))]
    })
    return new Map(all)
  }

  /** @throws StateError when the state is of other parts, or of others' settings. */
  loadState(state: StateDict): void {
    const shared = prefixed(`${ENCODER}.`, unprefixed(`${ENCODER}.`, state))
    for (const part of this.parts) {
      part.learner.loadState(new Map([...shared, ...unprefixed(prefixOf(part), state)]))
    }
  }

  /** The first part's encoder is the one that all share, so it goes last. */
  dispose(): void {
    for (const { learner } of this.parts.toReversed()) learner.dispose()
  }
}

function viewsOf({ range }: LearningPart, views: Views): Views {
  return views.slice(range.from, range.from + range.views)
}

/** The place of a batch with the answers of the part's own clips. */
function placeOf({ range }: LearningPart, at: BatchPlace): BatchPlace {
  const { answers } = at
  return answers ? { ...at, answers: answers.slice(range.from, range.from + range.views) } : at
}

function prefixOf({ place }: Part): string {
  return `parts.${place}.`
}

/** The name of a part's network in the run: the encoder is that of all. */
function nameOf(part: LearningPart, network: string): string {
  const { learner } = part
  const isEncoder = learner.trained.get(network) === learner.encoder.weights
  return isEncoder ? ENCODER : prefixOf(part) + network
}

/** Those of each part; the encoder is treated as the first part asks that says anything of it. */
function treatmentsOf(parts: readonly LearningPart[]): Map<string, Treatment> {
  const all = parts.flatMap((part) =>
    [...(part.learner.treatments ?? [])].map(([network, treatment]) => {
      return [nameOf(part, network), treatment] as const
    }),
  )
  return new Map(all.toReversed())
}

/** The learners of all parts on one encoder. @param implementationOf finds those of single methods */
export function combinedMethod(implementationOf: ImplementationOf): MethodImplementation {
  return {
    create: (engine, config) => new Combined(engine, config, implementationOf),
    size(config) {
      const encoder = designSize(encoderEntries(config.model))
      const sizes = partsOf(config).map((part) => implementationOf(part.config).size(part.config))
      const twice = sizes.length - 1
      const sum = (of: 'trained' | 'state' | 'perVideo'): number =>
        sizes.reduce((total, size) => total + (size[of] ?? 0), 0)
      return {
        trained: sum('trained') - twice * encoder.trained,
        state: sum('state') - twice * (encoder.trained + encoder.statistics),
        perVideo: sum('perVideo'),
      }
    },
  }
}
