import type { PretrainTable } from '../settings/pretraining.ts'
import { defineMethod, type ClipVariant, type Values } from './method.ts'
import { dropoutSetting, pretextChecks, pretextCharts, pretextMetrics } from './pretext.ts'

/** Whole numbers as they are typed, separated by spaces. */
const LIST = /^-?\d( -?\d)*$/
const [FEWEST, MOST] = [2, 7]

export const paceSettings = {
  paces: {
    type: 'text',
    label: 'Paces',
    meaning:
      'The paces to tell apart, 2 to 7 of them, as multiples of the stride, such as 1 2 3 4. A negative one plays backwards. More of them, and nearer ones, are harder',
    group: 'method',
    max: 30,
    form: { pattern: LIST, says: 'expected whole numbers separated by spaces, such as 1 2 3 4.' },
    default: '1 2 3 4',
  },
  dropout: dropoutSetting,
} as const satisfies PretrainTable

/** How colours of single frames change in the authors' code: strongly, and each frame by itself. */
const COLOURS: Values = {
  coloursByFrame: true,
  jitterBrightness: 0.8,
  jitterContrast: 0.8,
  jitterSaturation: 0.8,
  jitterHue: 0.2,
  grayscale: 0,
  blur: 0,
}

/** The paper's schedule: 18 epochs that take every video ten times; the rate falls every 6 of them. */
const SCHEDULE: Values = {
  lr: 0.001,
  weightDecay: 0.005,
  schedule: 'step',
  epochs: 180,
  stepEvery: 60,
}

const PAPER: Values = { ...SCHEDULE, merge: 'none', frames: 16, size: 112 }

/** Clips of 8 frames at the paces 1 to 4 fit into the videos at stride 1. */
const SAMPLE: Values = { stride: 1, lr: 0.02 }

/** @param list as it is typed; one of a form may be empty */
function pacesOf(list: string | null): number[] {
  return (list ?? '').split(' ').map(Number)
}

function variantOf(pace: number): ClipVariant {
  return { speed: Math.abs(pace), ...(pace < 0 && { isReversed: true }) }
}

/** What is wrong with a list of paces; null where nothing is. */
function listFault(paces: readonly number[]): string | null {
  const list = paces.join(' ')
  if (paces.length < FEWEST || paces.length > MOST) {
    return `paces is ${list}: give ${FEWEST} to ${MOST} of them.`
  }
  if (paces.includes(0)) return `paces is ${list}: leave out 0, at which nothing moves.`
  if (new Set(paces).size < paces.length) return `paces is ${list}: name each pace once.`
  return null
}

/** Pace prediction (Wang et al., ECCV 2020): tells at which multiple of the stride a clip plays. */
export const pace = defineMethod({
  label: 'Pace prediction',
  sharesBatches: true,
  meaning: 'Tells how fast a clip plays (Wang et al., ECCV 2020)',
  views: ({ paces }) => [
    {
      name: 'paced',
      label: 'Paced clip',
      meaning: 'A clip at one of the paces, which the encoder must tell',
      variants: pacesOf(paces).map(variantOf),
    },
  ],
  settings: paceSettings,
  defaults: { ...COLOURS, stride: 1 },
  fault({ paces, modality }) {
    if (modality === 'flow') {
      return 'modality is flow: flow is measured from each frame to the next, so that it is the same at all paces. Set modality to rgb.'
    }
    return listFault(pacesOf(paces))
  },
  metrics: pretextMetrics('at which of the paces a clip plays'),
  charts: pretextCharts,
  health: ({ paces, batch, accumulate }) =>
    pretextChecks(
      { classes: pacesOf(paces).length, questions: batch * accumulate },
      'Start again with a lower learning rate, or with fewer paces that are farther apart. Check that the videos are long enough for the fastest clips.',
    ),
  scoredFrom: () => 1,
  recipe: (recipe) => (recipe === 'sample' ? SAMPLE : { ...SCHEDULE, stride: 1 }),
  paper: (recipe) => (recipe === 'ucf101' || recipe === 'kinetics' ? PAPER : null),
  older: {},
})

/** The number of paces of a list that was checked. */
export function countPaces({ paces }: { paces: string }): number {
  return pacesOf(paces).length
}
