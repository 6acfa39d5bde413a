/**
 * The one table of what can be set for an evaluation. Form, flags, validation and the stored
 * evaluation all read it. Defaults are the reference's (Ding et al., CVPR 2022) where it has one.
 */
import type { ChoiceParameter, FlagParameter, NumberParameter } from './hyper-parameters.ts'
import { ConfigError } from './pretrain-config.ts'
import { PROTOCOLS, protocols, type Protocol } from './protocols.ts'

interface Scope<Value> {
  /** Protocols that it is for. */
  protocols: readonly Protocol[]
  /** Defaults of protocols that have another one. */
  defaults?: Partial<Record<Protocol, Value>>
}
type Row<P, Value> = Omit<P, 'group' | 'choices' | 'default'> & Scope<Value> & { default: Value }
type ChoiceRow = Row<ChoiceParameter, string | number> & { choices: readonly (string | number)[] }
export type EvaluationSetting =
  Row<NumberParameter, number> | Row<FlagParameter, boolean> | ChoiceRow

const probed = ['linear', 'background'] as const satisfies readonly Protocol[]

/** Those that train a classifier. */
const trained = [...probed, 'finetune'] as const

/** Those that look at several clips of a video. */
const clipwise = PROTOCOLS.filter((name) => name !== 'activation' && name !== 'kernels')

export const evaluationSettings = {
  clips: {
    type: 'int',
    label: 'Clips a video',
    meaning: 'Evenly spaced clips of each video; their answers are averaged',
    protocols: clipwise,
    unit: 'clips',
    min: 1,
    max: 100,
    default: 10,
  },
  crops: {
    type: 'choice',
    label: 'Crops a clip',
    meaning: 'One crop of the centre, or three along the longer side of the frame',
    protocols: clipwise.filter((name) => name !== 'background'),
    choices: [1, 3],
    default: 1,
  },
  splitList: {
    type: 'choice',
    label: 'Split list',
    meaning: "Which of a data set's three split lists; 0 is the one it was indexed with",
    protocols: PROTOCOLS.filter((name) => name !== 'kernels'),
    choices: [0, 1, 2, 3],
    default: 0,
  },
  split: {
    type: 'choice',
    label: 'Tested on',
    meaning:
      'The test split, or a quarter of the training videos of each class, held out: settings are chosen on those, so that the test split is looked at once',
    protocols: PROTOCOLS.filter((name) => name !== 'kernels'),
    choices: ['test', 'validation'],
    default: 'test',
  },
  splitSeed: {
    type: 'int',
    label: 'Validation seed',
    meaning: 'Draws the training videos that validation holds out',
    protocols: PROTOCOLS.filter((name) => name !== 'kernels'),
    min: 1,
    max: 2_147_483_647,
    default: 1,
  },
  normalise: {
    type: 'flag',
    label: 'Normalise features',
    meaning: 'Scale the features of each clip to length 1 before the linear classifier',
    protocols: probed,
    default: false,
  },
  k: {
    type: 'int',
    label: 'Neighbours k',
    meaning: 'Nearest training videos that vote',
    protocols: ['knn'],
    unit: 'videos',
    min: 1,
    max: 10_000,
    default: 20,
  },
  temperature: {
    type: 'number',
    label: 'Temperature T',
    meaning: 'A neighbour votes with weight exp(cosine / T) (Wu et al., CVPR 2018)',
    protocols: ['knn'],
    min: 0.001,
    max: 10,
    default: 0.07,
  },
  epochs: {
    type: 'int',
    label: 'Epochs',
    meaning: 'Passes over the training clips',
    protocols: trained,
    unit: 'epochs',
    min: 1,
    max: 10_000,
    default: 100,
    defaults: { finetune: 150 },
  },
  lr: {
    type: 'number',
    label: 'Learning rate',
    meaning: 'Learning rate at the start of the schedule: a cosine to 0, or steps for fine-tuning',
    protocols: trained,
    min: 0,
    max: 100,
    default: 0.1,
    defaults: { finetune: 0.025 },
  },
  batch: {
    type: 'int',
    label: 'Batch',
    meaning: 'Clips a step',
    protocols: trained,
    unit: 'clips',
    min: 1,
    max: 4096,
    default: 128,
    defaults: { finetune: 64 },
  },
  weightDecay: {
    type: 'number',
    label: 'Weight decay',
    meaning: 'L2 penalty on every weight, added to the gradient',
    protocols: trained,
    min: 0,
    max: 1,
    default: 1e-4,
  },
  backgrounds: {
    type: 'choice',
    label: 'Backgrounds from',
    meaning:
      'Split whose videos lend their backgrounds; those of training videos are the ones that a shortcut would have learned',
    protocols: ['background'],
    choices: ['train', 'test'],
    default: 'train',
  },
  videos: {
    type: 'int',
    label: 'Videos',
    meaning: 'Test videos that are looked at, in turn from every class',
    protocols: ['activation'],
    unit: 'videos',
    min: 1,
    max: 1_000_000,
    default: 96,
  },
  shown: {
    type: 'choice',
    label: 'Videos on the map',
    meaning: 'Test videos alone, or training videos too',
    protocols: ['map'],
    choices: ['both', 'test'],
    default: 'both',
  },
  neighbours: {
    type: 'int',
    label: 'Neighbours',
    meaning:
      'Nearest videos that are kept near (n_neighbors of UMAP); few show detail, many the whole',
    protocols: ['map'],
    unit: 'videos',
    min: 2,
    max: 200,
    default: 15,
  },
  minDistance: {
    type: 'number',
    label: 'Least distance',
    meaning: 'How close points may come (min_dist of UMAP)',
    protocols: ['map'],
    min: 0,
    max: 1,
    default: 0.1,
  },
  milestone1: {
    type: 'int',
    label: 'First milestone',
    meaning: 'Passes after which the learning rate falls for the first time',
    protocols: ['finetune'],
    unit: 'epochs',
    min: 1,
    max: 10_000,
    default: 60,
  },
  milestone2: {
    type: 'int',
    label: 'Second milestone',
    meaning: 'Passes after which the learning rate falls once more',
    protocols: ['finetune'],
    unit: 'epochs',
    min: 1,
    max: 10_000,
    default: 120,
  },
  factor: {
    type: 'number',
    label: 'Factor',
    meaning: 'What the learning rate is multiplied by at each milestone',
    protocols: ['finetune'],
    min: 0,
    max: 1,
    default: 0.1,
  },
  dropout: {
    type: 'number',
    label: 'Dropout',
    meaning: 'Part of the features that is left out before the classifier at each step',
    protocols: ['finetune'],
    min: 0,
    max: 0.95,
    default: 0,
  },
  merge: {
    type: 'choice',
    label: 'Merge',
    meaning:
      "fame sets each clip's foreground on another clip's background while training, with the foreground's class, as the run's FAME settings have it",
    protocols: ['finetune'],
    choices: ['none', 'fame'],
    default: 'none',
  },
  seed: {
    type: 'int',
    label: 'Seed',
    meaning:
      "Order of the clips, whatever else is drawn, and the weights of a randomly initialised encoder; 0 takes the run's",
    protocols: PROTOCOLS,
    min: 0,
    max: 2_147_483_647,
    default: 0,
  },
} as const satisfies Record<string, EvaluationSetting>

export type EvaluationSettingName = keyof typeof evaluationSettings

type ValueOf<P> = P extends { choices: readonly (infer C)[] }
  ? C
  : P extends { type: 'flag' }
    ? boolean
    : number

/** A value for each row of the table, those that are not for the protocol at their default. */
export type EvaluationSettings = {
  [K in EvaluationSettingName]: ValueOf<(typeof evaluationSettings)[K]>
}

export interface EvaluationSchedule {
  label: string
  meaning: string
  values: Partial<EvaluationSettings>
}

/** Settings of fine-tuning that go together. */
export const evaluationSchedules = {
  reference: {
    label: 'Reference',
    meaning: '150 epochs of batches of 64, the learning rate from 0.025 down by ten at 60 and 120',
    values: {},
  },
  small: {
    label: 'Small',
    meaning: 'for the sample set and others of a few hundred videos',
    values: { epochs: 40, milestone1: 24, milestone2: 34, lr: 0.05, batch: 16 },
  },
} as const satisfies Record<string, EvaluationSchedule>

const rows = Object.entries(evaluationSettings) as [EvaluationSettingName, EvaluationSetting][]

/** The rows that are for a protocol, in the table's order. */
export function settingsFor(protocol: Protocol): [EvaluationSettingName, EvaluationSetting][] {
  return rows.filter(([, row]) => row.protocols.includes(protocol))
}

/** Every setting at its default for a protocol. */
export function defaultSettings(protocol: Protocol): EvaluationSettings {
  const values = rows.map(([name, row]) => [name, row.defaults?.[protocol] ?? row.default])
  return Object.fromEntries(values) as EvaluationSettings
}

/**
 * Fills what is missing from the defaults of a protocol and checks every value against the table.
 * @throws ConfigError for a setting that there is not or that is not for this protocol, a wrong
 * type, or a value out of range
 */
export function completeSettings(
  protocol: Protocol,
  partial: Record<string, unknown> = {},
): EvaluationSettings {
  const known = new Map<string, EvaluationSetting>(settingsFor(protocol))
  const settings: Record<string, unknown> = defaultSettings(protocol)
  for (const [name, value] of Object.entries(partial)) {
    if (value === undefined) continue
    const row = known.get(name)
    if (!row) {
      const { label } = protocols[protocol]
      throw new ConfigError(`${label} has no setting '${name}': ${[...known.keys()].join(', ')}.`)
    }
    if (!fits(row, value)) throw new ConfigError(refusal(name, row, value))
    settings[name] = value
  }
  return settings as EvaluationSettings
}

function fits(row: EvaluationSetting, value: unknown): boolean {
  switch (row.type) {
    case 'flag':
      return typeof value === 'boolean'
    case 'choice':
      return row.choices.some((choice) => choice === value)
    default: {
      const whole = row.type === 'int'
      const isNumber = typeof value === 'number' && Number.isFinite(value)
      return isNumber && (!whole || Number.isInteger(value)) && value >= row.min && value <= row.max
    }
  }
}

function refusal(name: string, row: EvaluationSetting, value: unknown): string {
  const given = `${name} is ${JSON.stringify(value)}`
  if (row.type === 'flag') return `${given}: choose true or false.`
  if (row.type === 'choice') return `${given}: choose ${row.choices.join(', ')}.`
  const kind = row.type === 'int' ? 'a whole number' : 'a number'
  return `${given}: expected ${kind} from ${row.min} to ${row.max}.`
}
