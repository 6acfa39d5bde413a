import { CELL_STRIDE, propagationProtocols } from '../tracking/protocols.ts'
import { count } from './phrases.ts'
import { splitSettings } from './settings/clip-settings.ts'
import { seedSetting } from './settings/shared.ts'
import { defineTask } from './task.ts'
import { trackingArtefact } from './tracking/artefact.ts'

/** Objects of a first frame followed through a video by frozen features. */
export const tracking = defineTask({
  label: 'Tracking',
  meaning: 'How well frozen features carry the objects of a first frame through a video',
  kind: 'measure',
  splits: ['test'],
  needsClasses: false,
  needsColours: true,
  usesMasks: false,
  settings: {
    ...splitSettings,
    propagation: {
      type: 'choice',
      label: 'Protocol',
      meaning:
        'dino: 7 frames of context, a square window, the 5 most similar cells. crw: 20 frames, a disc, which does not apply to the first frame, 10 cells. Results of the two are not comparable',
      choices: ['dino', 'crw'],
      default: 'dino',
    },
    frameSize: {
      type: 'int',
      label: 'Frame size',
      meaning: 'Short side of the frames that are tracked; scores are taken at the full size',
      unit: 'px',
      min: 64,
      max: 480,
      default: 240,
    },
    frameClip: {
      type: 'choice',
      label: 'Clip of a frame',
      meaning:
        'What the encoder sees for one frame. still: the frame repeated. moving: the frames around it',
      choices: ['still', 'moving'],
      default: 'still',
    },
    videos: {
      type: 'int',
      label: 'Videos',
      meaning:
        'Number of test videos, taken in turn from every class; without classes, spread over the list',
      unit: 'videos',
      min: 1,
      max: 1_000_000,
      default: 96,
    },
    trackedFrames: {
      type: 'int',
      label: 'Frames',
      meaning: 'Most frames of a video, from its first',
      unit: 'frames',
      min: 3,
      max: 1000,
      default: 104,
    },
    seed: seedSetting,
  },
  schedules: {
    dino: { label: 'DINO', meaning: "DINO's protocol", values: {} },
    crw: { label: 'CRW', meaning: "CRW's protocol", values: { propagation: 'crw' } },
  },
  scores: [
    { name: 'J&F', label: 'J&F', isNoShare: true },
    { name: 'J', label: 'J', isNoShare: true },
    { name: 'F', label: 'F', isNoShare: true },
    { name: 'recall', label: 'J recall', isNoShare: true },
    { name: 'decay', label: 'J decay', better: 'less', isNoShare: true },
  ],
  headline: 'J&F',
  method: ({ propagation, frameSize, frameClip, videos, trackedFrames }) => {
    const { context, topK, temperature, radius, window } = propagationProtocols[propagation]
    return [
      `labels of the first frame carried on by features (${propagation === 'dino' ? 'DINO' : 'CRW'}'s protocol: ${context} frames of context, ${window} of ${radius} cells, top ${topK}, temperature ${temperature})`,
      `frames of ${frameSize} px, cells ${CELL_STRIDE} px apart, each frame as a ${frameClip} clip`,
      `at most ${count(trackedFrames, 'frame')} of at most ${count(videos, 'test video')}`,
      'J and F of DAVIS without the first and the last frame',
    ]
  },
  averages: null,
  answers: null,
  artefact: trackingArtefact,
  tabs: ['tracks'],
  resumesFrom: 'start',
  isProposedAfterRuns: false,
})
