import { describe, expect, it } from 'vitest'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import { PROTOCOLS } from '#shared/config/protocols.ts'
import { differingSettings, protocolSentence } from '#shared/report/protocol-sentence.ts'

describe('a protocol in words', () => {
  it('states schedule, split, clips and level', () => {
    const settings = completeSettings('linear', { clips: 1, splitList: 2 })
    expect(protocolSentence({ protocol: 'linear', settings })).toBe(
      'Linear probe on frozen features, learning rate 0.1 by a cosine to 0 over 100 epochs, batch 128, weight decay 0.0001 · split 2 · video level from 1 clip × 1 crop, mean of their logits',
    )
    expect(
      protocolSentence({ protocol: 'finetune', settings: completeSettings('finetune') }),
    ).toContain('learning rate 0.025, × 0.1 after 60 and 120 of 150 epochs, batch 64')
  })

  it('is there for every protocol', () => {
    for (const protocol of PROTOCOLS) {
      const settings = completeSettings(protocol)
      expect(protocolSentence({ protocol, settings })).toMatch(/^[A-Z]/)
      expect(differingSettings({ protocol, settings })).toEqual([])
    }
  })

  it('names what is not at its default', () => {
    const settings = completeSettings('linear', { clips: 2, normalise: true })
    expect(differingSettings({ protocol: 'linear', settings })).toEqual([
      { name: 'clips', label: 'Clips a video', value: '2' },
      { name: 'normalise', label: 'Normalise features', value: 'on' },
    ])
  })
})
