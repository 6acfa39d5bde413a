import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { encoders } from '#shared/encoders/index.ts'
import { clusterSettings } from '#shared/methods/cluster.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import { weightsRng, type Encoder } from '../encoders/encoder.ts'
import { classifierHead } from '../networks/heads.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import { classify } from '../objectives/classify.ts'
import { clipsOf } from './clips.ts'
import { Assignments, assignmentsSize } from './cluster/assignments.ts'
import { kMeans, type KMeansOptions, type Products } from './cluster/k-means.ts'
import { normalisationOf, normalised } from './cluster/points.ts'
import { VideoBank } from './cluster/video-bank.ts'
import { GradientPass } from './gradient-pass.ts'
import {
  prefixed,
  unprefixed,
  type BatchPlace,
  type Learned,
  type Learner,
  type MethodImplementation,
  type TakeIn,
  type Views,
} from './learner.ts'
import { Projector, projectorSize, type ProjectorDesign } from './projector.ts'

export type ClusterConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'seed'> &
  ValuesOf<typeof clusterSettings>

/** Tell the draws of a round from each other. */
const Seed = { centroids: 0x6b6d6e73, classifier: 0x68656164 } as const

/**
 * DeepCluster (Caron et al., ECCV 2018) on the clips of videos: their features are clustered, the clusters
 * are the classes that the encoder learns next, and so on. Features are those that training itself made
 * in the epoch before; the first epoch only collects them.
 */
export class Cluster implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  private readonly engine: Engine
  private readonly config: ClusterConfig
  private readonly projector: Projector
  private readonly bank: VideoBank
  private readonly assignments: Assignments
  private isCollecting = true

  constructor(engine: Engine, config: ClusterConfig) {
    this.engine = engine
    this.config = config
    this.projector = new Projector(engine, designOf(config), weightsRng(config.seed))
    this.encoder = this.projector.encoder
    this.bank = new VideoBank(this.encoder.featureSize)
    this.assignments = new Assignments({
      clusters: config.clusters,
      size: this.encoder.featureSize,
    })
    this.trained = new Map([
      ['encoder', this.projector.encoder.weights],
      ['head', this.projector.head.weights],
    ])
  }

  /** A step that begins in the first epoch collects features with all of its micro-batches. */
  begin({ epoch }: Pick<BatchPlace, 'epoch'>): void {
    this.isCollecting = epoch === 0
  }

  /** Clusters the videos at the start of every so many epochs, and lets the classifier start anew. */
  async prepare(
    { epoch }: Pick<BatchPlace, 'epoch'>,
    goesOn: () => Promise<boolean>,
  ): Promise<TakeIn | null> {
    const { config, bank, assignments } = this
    if (!this.isDue(epoch) || bank.count === 0) return () => []
    const { videos, points } = bank.all()
    const { clusters, clusterRounds: rounds, emptyClusters: emptyRule, standardise } = config
    const seed = deriveSeed(config.seed, Seed.centroids, epoch)
    const normalisation = normalisationOf(points, standardise)
    const options: KMeansOptions = { clusters, rounds, seed, emptyRule }
    const steps = kMeans(normalised(points, normalisation), options, (centroids) =>
      this.products(centroids),
    )
    for (;;) {
      const step = steps.next()
      if (step.done) {
        return () => {
          assignments.replace(epoch, videos, step.value, normalisation)
          this.restartClassifier(epoch)
          return ['head']
        }
      }
      if (await goesOn()) continue
      // The steps free what they hold.
      steps.return(undefined as never)
      return null
    }
  }

  /**
   * Whether an epoch at whose start videos are clustered has begun since the last clustering. A step may
   * take more than one epoch, so the epoch in which a step begins may be a later one.
   */
  private isDue(epoch: number): boolean {
    const { clusteredAt } = this.assignments
    if (epoch === 0) return false
    if (clusteredAt === null) return true
    const roundOf = (of: number): number => Math.floor((of - 1) / this.config.clusterEvery)
    return roundOf(epoch) > roundOf(clusteredAt)
  }

  /** @param views rho clips of each video */
  learn(views: Views, at: Pick<BatchPlace, 'videos'>): Learned {
    const { engine, config, assignments, bank, projector, isCollecting } = this
    const pass = new GradientPass(engine, this.trained)
    const tape = isCollecting ? new Tape(engine) : pass.tape()
    const x = raw.concat(engine, clipsOf(engine, config, views), 0) // [rho B, T, H, W, 3]
    const features = projector.encoder.run(tape, x, pass.open('encoder'), 'train') // [rho B, C]
    const logits = projector.head.run(tape, features, pass.open('head'), 'train') // [rho B, k]
    const own = meanOfViews(engine.read(features), views.length) // [B, C]
    const videos = at.videos ?? Array.from({ length: x.shape[0] / views.length }, (_, i) => i)
    const classes = assignments.classesOf(videos, own)
    const weights = config.clusterBalance ? assignments.weightsOf(classes) : classes.map(() => 1)
    bank.put(videos, own)
    const repeat = (values: number[]): number[] => views.flatMap(() => values)
    const { loss, hits } = classify(tape, logits, repeat(classes), repeat(weights))
    if (!isCollecting) pass.add(tape, loss)
    return {
      gradients: pass.gradients(),
      metrics: new Map([['loss', loss], ...this.measure(hits)]),
      ...(isCollecting && { skipUpdate: 'the first epoch only collects features to cluster' }),
    }
  }

  /** Nothing before the first clustering. */
  private measure(hits: Tensor): [string, Tensor][] {
    const { engine, assignments, config } = this
    const { figures } = assignments
    if (!figures) return []
    const measured: [string, Tensor][] = [
      ['accuracy', raw.mean(engine, hits, [0])],
      ['chance', engine.scalar(1 / config.clusters)],
      ['emptyClusters', engine.scalar(figures.empty)],
      ['largestCluster', engine.scalar(figures.largest)],
    ]
    if (figures.nmi !== null) measured.push(['nmi', engine.scalar(figures.nmi)])
    return measured
  }

  private restartClassifier(epoch: number): void {
    const { head } = designOf(this.config)
    const { weights } = this.projector.head
    const rng = new Rng(deriveSeed(this.config.seed, Seed.classifier, epoch))
    const state: StateDict = new Map(
      head.entries.map(({ name, shape, initial }) => {
        return [name, { shape: [...shape], data: initial(shape, rng) }]
      }),
    )
    weights.load(state)
  }

  private products(centroids: Float32Array): ReturnType<Products> {
    const { engine } = this
    const { featureSize: C } = this.encoder
    const right = engine.held(centroids, [centroids.length / C, C])
    return {
      of: (points) =>
        engine.scope(() => {
          const left = engine.tensor(points, [points.length / C, C])
          return engine.read(raw.matmul(engine, left, right, { b: true })).slice()
        }),
      release: () => engine.release(right),
    }
  }

  /** `encoder.*`, `head.*`, `bank.*` and `clusters.*` */
  stateDict(): StateDict {
    return new Map([
      ...this.projector.stateDict(),
      ...prefixed('bank.', this.bank.stateDict()),
      ...prefixed('clusters.', this.assignments.stateDict()),
    ])
  }

  /** @throws StateError when the state is of another encoder or number of clusters. */
  loadState(state: StateDict): void {
    this.projector.loadStateDict(state)
    this.bank.loadState(unprefixed('bank.', state))
    this.assignments.loadState(unprefixed('clusters.', state))
  }

  dispose(): void {
    this.projector.dispose()
  }
}

/** The mean over the clips of each video: [rho B, C], clip by clip -> [B, C]. */
function meanOfViews(features: Float32Array, views: number): Float32Array {
  const mean = new Float32Array(features.length / views)
  for (let i = 0; i < features.length; i++) mean[i % mean.length] += features[i] / views
  return mean
}

function designOf({ model, clusters }: Pick<ClusterConfig, 'model' | 'clusters'>): ProjectorDesign {
  return { model, head: classifierHead(encoders[model].featureSize, clusters) }
}

/** An encoder with a classifier. */
export const clusterMethod: MethodImplementation = {
  create: (engine, config) => new Cluster(engine, ownSettings(config, clusterSettings)),
  size(given) {
    const config = ownSettings(given, clusterSettings)
    const { featureSize: C } = encoders[config.model]
    const { trained, statistics } = projectorSize(designOf(config))
    const assignments = assignmentsSize({ clusters: config.clusters, size: C })
    // Features, number and class of a video, and its number once more.
    return { trained, state: trained + statistics + assignments, perVideo: C + 3 }
  },
}
