import { videosOfStep } from '../config/steps.ts'
import { independentNmi } from '../metrics/chance.ts'
import type { HealthCheck } from '../metrics/health.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import { formatCount, formatNumber } from '../text/numbers.ts'
import { equalViews, rhoSetting } from './contrastive.ts'
import { CALCULATED } from './healthy.ts'
import { defineMethod, type Values } from './method.ts'
import { pretextChecks } from './pretext.ts'

export const clusterSettings = {
  rho: {
    ...rhoSetting,
    meaning:
      'Clips sampled from each video at different times; all of them have the class of their video',
    min: 1,
    default: 1,
  },
  clusters: {
    type: 'int',
    label: 'Clusters k',
    meaning: 'Clusters of videos, which are the classes to learn; more are harder to tell apart',
    group: 'method',
    min: 2,
    max: 65_536,
    default: 128,
  },
  clusterEvery: {
    type: 'int',
    label: 'Clustered every',
    meaning:
      'Epochs between two clusterings. The first is after one epoch, which collects the features of all videos without training',
    group: 'method',
    unit: 'epochs',
    min: 1,
    max: 10_000,
    default: 1,
  },
  clusterRounds: {
    type: 'int',
    label: 'Rounds of k-means',
    meaning: 'Rounds at most; a clustering ends before where no video changes its cluster',
    group: 'method',
    min: 1,
    max: 1000,
    default: 20,
  },
  emptyClusters: {
    type: 'choice',
    label: 'Empty clusters',
    meaning:
      'What becomes of a cluster without videos. farthest: it takes the video farthest from its centroid. split: it takes half of another cluster, drawn by size, as in Faiss',
    group: 'method',
    choices: ['farthest', 'split'],
    default: 'split',
  },
  standardise: {
    type: 'flag',
    label: 'Standardised features',
    meaning:
      'Gives each number of the features a standard deviation of 1 over all videos before they are brought to unit length and clustered',
    group: 'method',
    default: true,
  },
  clusterBalance: {
    type: 'flag',
    label: 'Equal weight of clusters',
    meaning:
      'Weights the loss of a clip by the inverse size of its cluster, so that no cluster wins by being large',
    group: 'method',
    default: true,
  },
} as const satisfies PretrainTable

/** Long enough between two clusterings for the classifier to learn them: six epochs are 36 steps. */
const SAMPLE: Values = { clusters: 8, clusterEvery: 6, rho: 2 }

/** The schedule of the authors' code for images: a constant rate and little decay. */
const LARGE: Values = { lr: 0.05, schedule: 'constant', weightDecay: 1e-5, clusters: 1000 }

/** DeepCluster (Caron et al., ECCV 2018) on the clips of videos. */
export const cluster = defineMethod({
  label: 'DeepCluster',
  meaning:
    'Clusters the features of all videos and learns to tell the clusters apart, again and again (Caron et al., ECCV 2018)',
  views: ({ rho }) => equalViews(rho),
  settings: clusterSettings,
  fault: () => null,
  metrics: {
    loss: {
      label: 'Loss',
      print: 'number',
      unit: 'nats',
      source: 'measured',
      better: 'low',
      scoredLate: true,
      meaning:
        'Cross-entropy of the classifier against the clusters of the videos. It jumps at each clustering, whose classes are new, so no value counts as best',
    },
    accuracy: {
      label: 'Top-1',
      print: 'percent',
      source: 'measured',
      better: 'high',
      scoredLate: true,
      isMeasuredLate: true,
      meaning:
        'Share of clips that the classifier puts into the cluster of their video, from the first clustering on. It falls at each clustering, when the classifier starts anew',
    },
    chance: {
      label: 'Chance',
      print: 'percent',
      source: 'schedule',
      isMeasuredLate: true,
      meaning:
        'Share of right answers of a classifier that guesses among the clusters: 1 divided by k',
    },
    nmi: {
      label: 'NMI',
      print: 'number',
      source: 'measured',
      isMeasuredLate: true,
      meaning:
        'Normalised mutual information of the clusters and those of the clustering before: 1 where they are the same. It rises as the features settle',
    },
    largestCluster: {
      label: 'Largest cluster',
      print: 'percent',
      source: 'measured',
      better: 'low',
      isMeasuredLate: true,
      meaning: 'Share of the videos in the largest cluster. Near 100 % means collapse',
    },
    emptyClusters: {
      label: 'Empty clusters',
      print: 'number',
      source: 'measured',
      better: 'low',
      isMeasuredLate: true,
      meaning: 'Clusters that have no video after the last clustering',
    },
  },
  charts: [
    { name: 'loss', title: 'Loss', metrics: ['loss'] },
    { name: 'accuracy', title: 'Pretext accuracy', metrics: ['accuracy', 'chance'], min: 0 },
    { name: 'nmi', title: 'Agreement of clusterings', metrics: ['nmi'], min: 0, max: 1 },
    { name: 'largest-cluster', title: 'Largest cluster', metrics: ['largestCluster'], min: 0 },
    { name: 'empty-clusters', title: 'Empty clusters', metrics: ['emptyClusters'], min: 0 },
  ],
  health: ({ clusters, ...config }, { videos }) => [
    largestCheck(clusters),
    emptyCheck(clusters, videos),
    accuracyCheck(clusters, videosOfStep(config)),
    nmiCheck(clusters, videos),
    lossCheck(clusters),
  ],
  scoredFrom: () => Number.MAX_SAFE_INTEGER,
  recipe(recipe) {
    return recipe === 'sample' ? SAMPLE : LARGE
  },
  paper: () => null,
  older: {},
})

/** From it on, a classifier is right more often than not by always naming that cluster. */
const LARGEST = 0.5

function largestCheck(clusters: number): HealthCheck {
  return {
    metric: 'largestCluster',
    max: LARGEST,
    marks: [{ value: 1 / clusters, label: 'even' }],
    reason: `Even clusters have 1/k of the videos each: ${formatNumber(100 / clusters)} % for k = ${formatCount(clusters)}. With more than half of the videos in one cluster, naming always that cluster is right more often than not.`,
    source: 'Caron et al., ECCV 2018, section 3.3 (trivial solutions); the limit by calculation',
    above:
      'Most videos are in one cluster, which means collapse: the encoder need not tell videos apart. Start again with a lower learning rate, with standardised features (standardise), or with equal weight of clusters (clusterBalance).',
  }
}

function emptyCheck(clusters: number, videos: number): HealthCheck {
  const inevitable = Math.max(0, clusters - videos)
  const few =
    inevitable > 0 ? ` ${formatCount(videos)} videos leave ${formatCount(inevitable)} empty.` : ''
  return {
    metric: 'emptyClusters',
    max: inevitable,
    reason: `A cluster that becomes empty is filled again, so clusters stay empty only where there are fewer different features than clusters.${few}`,
    source: 'Caron et al., ECCV 2018, section 3.3 (empty clusters)',
    above:
      'Many videos have the same features. Choose fewer clusters, or start again with a lower learning rate.',
  }
}

/** @param videos different ones of a step; clips of one video share its cluster, so they are one question */
function accuracyCheck(clusters: number, videos: number): HealthCheck {
  const [accuracy] = pretextChecks(
    { classes: clusters, questions: videos },
    'Right after a clustering, the classifier has to begin there. Else cluster less often (clusterEvery), choose fewer clusters, or start again with another learning rate.',
  )
  return { ...accuracy, metric: 'accuracy' }
}

const INDEPENDENT =
  'Each clustering is as good as independent of the one before, so the classes that the encoder learns mean nothing. Cluster less often (clusterEvery) or into fewer clusters.'

function nmiCheck(clusters: number, videos: number): HealthCheck {
  const source = CALCULATED
  const reason =
    'Two clusterings that have nothing to do with each other still agree by chance: their mutual information is about (k - 1)²/(2N) for N videos, of the log k that each holds.'
  if (!Number.isFinite(videos)) return { metric: 'nmi', reason, source }
  const chance = independentNmi(videos, clusters)
  return {
    metric: 'nmi',
    marks: [{ value: chance, label: 'chance' }],
    reason: `${reason} For k = ${formatCount(clusters)} and N = ${formatCount(videos)} this is ${formatNumber(chance)}${chance < 1 ? '' : ', so nothing can be said'}.`,
    source,
    ...(chance < 1 && { min: chance, below: INDEPENDENT }),
  }
}

/** A classifier that has just started anew may be a little worse than equal shares. */
const MARGIN = 1.1

function lossCheck(clusters: number): HealthCheck {
  const chance = Math.log(clusters)
  return {
    metric: 'loss',
    max: MARGIN * chance,
    marks: [{ value: chance, label: 'chance' }],
    reason: `Equal shares for all k clusters have a cross-entropy of log k: ${formatNumber(chance)} for k = ${formatCount(clusters)}. The range ends a tenth above, because the classifier starts anew at each clustering.`,
    source: CALCULATED,
    above:
      'The classifier is worse than equal shares. Start again with a lower learning rate, or cluster less often (clusterEvery).',
  }
}
