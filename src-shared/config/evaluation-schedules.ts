import type { EvaluationSettings } from './evaluation-settings.ts'
import type { Protocol } from './protocols.ts'

export interface EvaluationSchedule {
  label: string
  meaning: string
  /** What differs from the defaults of the protocol. */
  values: Partial<EvaluationSettings>
}

/** Settings of a protocol that go together; `reference` is what the reference's code does. */
export const evaluationSchedules: Partial<Record<Protocol, Record<string, EvaluationSchedule>>> = {
  linear: {
    recommended: {
      label: 'Recommended',
      meaning: 'standardised features of centre crops, which need extracting once',
      values: {},
    },
    reference: {
      label: 'Reference',
      meaning:
        'random crops and flips through the frozen encoder, L2-normalised, learning rate 30 down by ten at 60 and 80 of 100 epochs',
      values: {
        ...{ trainClips: 'augmented', testClips: 'reference', standardise: 'none' },
        ...{ normalise: true, decay: 'steps', lr: 30, batch: 256, weightDecay: 0 },
      },
    },
  },
  retrieval: {
    recommended: {
      label: 'Recommended',
      meaning: "features averaged as they are, less the training videos' mean",
      values: {},
    },
    reference: {
      label: 'Reference',
      meaning: "unit-length clips, each split's own mean, ImageNet's colour statistics",
      values: {
        ...{ unitClips: true, centring: 'splits', colours: 'imagenet', testClips: 'reference' },
      },
    },
  },
  finetune: {
    recommended: {
      label: 'Recommended',
      meaning:
        "batches of 64 in the run's own crops, colours as they are, the whole picture tested; 150 epochs, the learning rate from 0.025 down by ten at 60 and 120",
      values: {},
    },
    reference: {
      label: 'Reference',
      meaning:
        'batches of 128, dropout 0.7, grayscale 0.2, colour jitter 0.8, crops from 20 % of the frame, tested on the centre of frames as they are; epochs and learning rate as recommended',
      values: {
        ...{ batch: 128, dropout: 0.7, grayscale: 0.2, jitter: 0.8 },
        ...{ trainCrops: 'reference', testClips: 'reference' },
      },
    },
    small: {
      label: 'Small',
      meaning: 'for the sample set and others of a few hundred videos',
      values: { epochs: 40, milestone1: 24, milestone2: 34, lr: 0.05, batch: 16 },
    },
  },
}

/** Names of all schedules, whichever protocol they are for. */
export const SCHEDULES = [
  ...new Set(Object.values(evaluationSchedules).flatMap((own) => Object.keys(own))),
]

/** The schedules of a protocol; none where its settings stand alone. */
export function schedulesFor(protocol: Protocol): [string, EvaluationSchedule][] {
  return Object.entries(evaluationSchedules[protocol] ?? {})
}
