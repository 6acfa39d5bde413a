import { describe, expect, it } from 'vitest'
import {
  completeSettings,
  defaultSettings,
  evaluationSchedules,
  settingsFor,
} from '#shared/config/evaluation-settings.ts'
import { PROTOCOLS } from '#shared/config/protocols.ts'

describe('settings of an evaluation', () => {
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
    { given: { temperature: NaN }, says: 'temperature is null: expected a number' },
    { given: { merge: 'fame' }, says: "k-NN has no setting 'merge'" },
  ])('are refused: $says', ({ given, says }) => {
    expect(() => completeSettings('knn', given)).toThrow(says)
  })

  it('of a schedule are those of fine-tuning', () => {
    for (const { values } of Object.values(evaluationSchedules)) {
      expect(completeSettings('finetune', values)).toMatchObject(values)
    }
  })
})
