import { expect, it } from 'vitest'
import { CLASSIFIER_VIEWS } from '#main/trainer/evaluation/classifier-views.ts'
import { REFERENCE_CROPS } from '#main/trainer/evaluation/reference-crops.ts'
import { viewSettings } from '#shared/views/settings.ts'

it('decides every setting of views for the clips that train a classifier', () => {
  const asInRun = [
    'frames',
    'stride',
    'size',
    'adaptiveBeta',
    'adaptiveFallback',
    'maskPer',
    'compensateMotion',
    'cameraBorder',
    'cameraPerspective',
    'motionNoise',
    'useCorrections',
  ]
  const ofFlow = ['modality', 'flowAlgorithm', 'flowSize', 'flowFlip']
  const byTask = ['grayscale', 'jitter', 'merge', 'variant', 'beta']
  const withoutEffect = ['intervalPower', 'blurOthers', 'solariseOthers']
  const decided = [CLASSIFIER_VIEWS, REFERENCE_CROPS].flatMap((values) => Object.keys(values))
  expect([...decided, ...asInRun, ...ofFlow, ...byTask, ...withoutEffect].toSorted()).toEqual(
    Object.keys(viewSettings).toSorted(),
  )
})
