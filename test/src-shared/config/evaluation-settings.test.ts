import { describe, expect, it } from 'vitest'
import {
  completeSettings,
  defaultSettings,
  settingsFor,
  storedSettings,
} from '#shared/config/evaluation-settings.ts'
import { schedulesFor } from '#shared/tasks/schedules.ts'
import { PROTOCOLS } from '#shared/tasks/index.ts'

describe('settings of an evaluation', () => {
  it('of an older version say that colours were those of the encoder, or of ImageNet', () => {
    expect(storedSettings('retrieval', { colours: 'kinetics', clips: 3 })).toEqual({
      ...defaultSettings('retrieval'),
      clips: 3,
    })
    expect(storedSettings('retrieval', { colours: 'imagenet' }).colours).toBe('imagenet')
    expect(storedSettings('knn', {})).toEqual(defaultSettings('knn'))
  })

  it('stand at the defaults of their protocol', () => {
    expect(completeSettings('linear')).toMatchObject({ clips: 10, epochs: 100, lr: 0.1 })
    expect(completeSettings('finetune')).toMatchObject({ epochs: 150, lr: 0.025, batch: 64 })
    for (const protocol of PROTOCOLS) {
      const own = settingsFor(protocol).map(([name]) => [name, defaultSettings(protocol)[name]])
      expect(completeSettings(protocol, Object.fromEntries(own))).toEqual(defaultSettings(protocol))
    }
  })

  it.each([
    { given: { k: 0 }, says: 'k is 0: expected a whole number from 1 to 10000.' },
    { given: { k: 1.5 }, says: 'k is 1.5: expected a whole number' },
    { given: { crops: 2 }, says: 'crops is 2: choose 1, 3.' },
    { given: { crops: '3' }, says: 'crops is "3": choose 1, 3.' },
    { given: { temperature: NaN }, says: 'temperature is NaN: expected a number' },
    { given: { merge: 'fame' }, says: "k-NN has no setting 'merge'" },
  ])('are refused: $says', ({ given, says }) => {
    expect(() => completeSettings('knn', given)).toThrow(says)
  })

  it('of a schedule are those of its protocol, and the recommended ones are the defaults', () => {
    for (const protocol of PROTOCOLS) {
      for (const [name, { values }] of schedulesFor(protocol)) {
        const settings = completeSettings(protocol, values)
        expect(settings).toMatchObject(values)
        if (name === 'recommended') expect(settings).toEqual(defaultSettings(protocol))
      }
    }
  })

  it("of the reference's fine-tuning are those of eval.py and eval.sh", () => {
    const values = Object.fromEntries(schedulesFor('finetune')).reference.values
    expect(completeSettings('finetune', values)).toMatchObject({
      epochs: 150,
      lr: 0.025,
      milestone1: 60,
      milestone2: 120,
      factor: 0.1,
      batch: 128,
      weightDecay: 1e-4,
      dropout: 0.7,
      clips: 10,
      crops: 1,
      grayscale: 0.2,
      jitter: 0.8,
      trainCrops: 'reference',
      testClips: 'reference',
    })
  })
})
