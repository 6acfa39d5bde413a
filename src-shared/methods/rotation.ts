import type { RecipeName } from '../config/recipes.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import { defineMethod, type ClipVariant, type Values, type ViewRole } from './method.ts'
import { dropoutSetting, pretextChecks, pretextCharts, pretextMetrics } from './pretext.ts'

/** Quarter turns by number of classes: two classes are upright and upside down. */
const TURNS: Readonly<Record<number, readonly number[]>> = {
  2: [0, 2],
  3: [0, 1, 2],
  4: [0, 1, 2, 3],
}

export const rotationSettings = {
  turns: {
    type: 'int',
    label: 'Turns',
    meaning:
      'How many turns there are to tell apart. 2: by 0° and 180°. 3: by 0°, 90° and 180°. 4: by 0°, 90°, 180° and 270°, anticlockwise. More turns are harder',
    group: 'method',
    min: 2,
    max: 4,
    default: 4,
  },
  turnsOfClip: {
    type: 'choice',
    label: 'Turns of a clip',
    meaning:
      'all: every clip is in the batch in all of its turns, which takes as many times the memory (Jing et al., 2018). one: each clip has one turn, drawn at random',
    group: 'method',
    choices: ['all', 'one'],
    default: 'all',
  },
  dropout: dropoutSetting,
} as const satisfies PretrainTable

/** 3DRotNet's rate and decay. The rate falls every 24,000 steps. */
const LARGE: Values = { lr: 0.1, weightDecay: 1e-3, schedule: 'step' }

/** 24,000 steps of 16 videos are 40 epochs of UCF101 and 1.6 of Kinetics-400. */
const EPOCHS: Partial<Record<RecipeName, Values>> = {
  ucf101: { epochs: 120, stepAt: '40 80' },
  kinetics: { epochs: 5, stepAt: '1.6 3.2' },
}

/** The encoder and clips of the paper; the batch is our own choice. */
const BIG: Values = { model: 'r3d_18', frames: 16, size: 112, batch: 16, accumulate: 1 }

/** Half the videos of the recipe, since each is in the batch in four turns. */
const SAMPLE: Values = { batch: 16, lr: 0.05 }

const VIEW = {
  meaning: 'The clip as the encoder takes it, which must tell by how much it is turned',
}

function viewsOf({ turns, turnsOfClip }: { turns: number; turnsOfClip: string }): ViewRole[] {
  const variants = (TURNS[turns] ?? []).map((turn, answer): ClipVariant => ({ turn, answer }))
  if (turnsOfClip === 'one') return [{ ...VIEW, name: 'turned', label: 'Turned clip', variants }]
  return variants.map((variant, i) => ({
    ...VIEW,
    name: `turn-${90 * variant.turn!}`,
    label: `Turned by ${90 * variant.turn!}°`,
    variants: [variant],
    ...(i > 0 && { sameClipAs: 0 }),
  }))
}

/** How many questions a step asks. */
function questionsOf(config: {
  turns: number
  turnsOfClip: string
  batch: number
  accumulate: number
}) {
  const { turns, turnsOfClip, batch, accumulate } = config
  return batch * accumulate * (turnsOfClip === 'all' ? turns : 1)
}

/** 3DRotNet (Jing et al., 2018): tells by how much a clip is turned. */
export const rotation = defineMethod({
  label: 'Rotation prediction',
  sharesBatches: true,
  meaning: 'Tells by how many quarters a clip is turned (Jing et al., 2018)',
  views: viewsOf,
  settings: rotationSettings,
  fault: () => null,
  metrics: pretextMetrics('by which of the turns a clip is turned'),
  charts: pretextCharts,
  health: (config) =>
    pretextChecks(
      { classes: config.turns, questions: questionsOf(config) },
      'Start again with a lower learning rate, or with fewer turns. Scenes that look alike in all turns cannot teach this task.',
    ),
  scoredFrom: () => 1,
  recipe(recipe, _, size) {
    if (recipe === 'sample') return SAMPLE
    return { ...LARGE, ...EPOCHS[recipe], ...(size === 'big' && EPOCHS[recipe] && BIG) }
  },
  paper: (recipe) =>
    EPOCHS[recipe] ? { merge: 'none', ...LARGE, ...EPOCHS[recipe], ...BIG } : null,
  older: {},
})
