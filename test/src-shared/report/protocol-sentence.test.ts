import { describe, expect, it } from 'vitest'
import {
  completeSettings,
  playsAPart,
  settingsFor,
  type EvaluationSetting,
} from '#shared/config/evaluation-settings.ts'
import { PROTOCOLS, type Protocol } from '#shared/tasks/index.ts'
import { labelsInShort } from '#shared/tasks/phrases.ts'
import { differingSettings, protocolSentence } from '#shared/report/protocol-sentence.ts'

/** Another value that the row allows. */
function otherValue(row: EvaluationSetting, value: unknown): unknown {
  if (row.type === 'flag') return value !== true
  if (row.type === 'choice') return row.choices.find((choice) => choice !== value)
  if (row.type === 'text') return 'hard'
  const number = Number(value)
  if (row.type === 'int') return number < row.max ? number + 1 : number - 1
  return number + 0.01 <= row.max ? number + 0.01 : number - 0.01
}

describe('a protocol in words', () => {
  it('states schedule, split, clips and level', () => {
    const settings = completeSettings('linear', { clips: 1, splitList: 2 })
    expect(protocolSentence({ protocol: 'linear', settings })).toBe(
      'Linear probe on frozen features, standardised by the training clips, trained on the same clips of each training video, learning rate 0.1 by a cosine to 0 over 100 epochs, batch 128, SGD with momentum 0.9 and weight decay 0.0001 · split 2 · video level from 1 clip × 1 crop, short side scaled to the crop, mean of their logits',
    )
    expect(
      protocolSentence({ protocol: 'finetune', settings: completeSettings('finetune') }),
    ).toContain('dropout 0, learning rate 0.025, × 0.1 after 60 and 120 of 150 epochs, batch 64')
  })

  it.each(PROTOCOLS)('of %s tells any other value of any setting that plays a part', (protocol) => {
    const silent: string[] = []
    let tried = 0
    for (const [name, row] of settingsFor(protocol)) {
      const { where } = row
      const base = completeSettings(
        protocol,
        playsAPart(row, completeSettings(protocol))
          ? {}
          : { [where!.setting]: [where!.is].flat()[0] },
      )
      const changed = completeSettings(protocol, {
        ...Object.fromEntries(settingsFor(protocol).map(([own]) => [own, base[own]])),
        [name]: otherValue(row, base[name]),
      })
      tried++
      const [before, after] = [base, changed].map((settings) =>
        protocolSentence({ protocol, settings }),
      )
      if (before === after) silent.push(name)
    }
    expect(silent).toEqual([])
    expect(tried).toBeGreaterThan(0)
  })

  it('says whose labels are used, and how many draws a score is the mean of', () => {
    const of = (values: Record<string, unknown>) =>
      protocolSentence({ protocol: 'linear', settings: completeSettings('linear', values) })
    expect(of({ labels: 'percent', labelPercent: 1, labelDraws: 5, labelSeed: 3 })).toContain(
      "on the labels of 1 % of each class's training videos, at least one, drawn with label seed 3, in batches of at most all of these, scores are the mean of 5 draws",
    )
    expect(of({ labels: 'perClass', labelCount: 1 })).toContain('1 training video of each class')
    expect(of({})).not.toContain('label')
    const short = (values: Record<string, unknown>) =>
      labelsInShort(completeSettings('finetune', values))
    expect(short({ labels: 'percent', labelPercent: 1 })).toBe('1 % of labels')
    expect(short({ labels: 'perClass', labelCount: 5, labelDraws: 3 })).toBe(
      '5 labels per class, 3 draws',
    )
    expect(short({})).toBeNull()
  })

  it('gives the values that fine-tuning and background sensitivity take from the run', () => {
    const training = {
      cropScaleMin: 0.35,
      cropScaleMax: 0.8,
      flip: 0.25,
      variant: 'seed',
      beta: 0.45,
      streams: ['rgb' as const],
    }
    const settings = completeSettings('finetune', { trainCrops: 'run', merge: 'fame' })
    const tuned = protocolSentence({ protocol: 'finetune', settings, training })
    expect(tuned).toContain('clips merged by FAME (seed, β 0.45), random crops of 35 to 80 %')
    expect(tuned).toContain('flips with probability 0.25')
    const reference = { ...settings, trainCrops: 'reference' as const }
    expect(protocolSentence({ protocol: 'finetune', settings: reference, training })).toContain(
      'random crops of 20 to 100 % of the frame and flips with probability 0.5',
    )
    const background = completeSettings('background')
    expect(protocolSentence({ protocol: 'background', settings: background, training })).toContain(
      'FAME’s masks (seed, β 0.45)',
    )
  })

  it('says which stream is evaluated where a run has two, and how their answers become one', () => {
    const training = { cropScaleMin: 0.2, cropScaleMax: 1, flip: 0.5, variant: 'fame', beta: 0.5 }
    const of = (protocol: Protocol, stream: string, streams: ('rgb' | 'flow')[]) =>
      protocolSentence({
        protocol,
        settings: completeSettings(protocol, { stream }),
        training: { ...training, streams },
      })
    expect(of('knn', 'rgb', ['rgb'])).not.toContain('stream')
    expect(of('knn', 'rgb', ['flow'])).not.toContain('stream')
    expect(of('knn', 'rgb', ['rgb', 'flow'])).toContain(' · stream of colours · ')
    expect(of('knn', 'flow', ['rgb', 'flow'])).toContain(' · stream of flow · ')
    expect(of('knn', 'both', ['rgb', 'flow'])).toContain('the mean of the cosines in each stream')
    expect(of('linear', 'both', ['rgb', 'flow'])).toContain(
      'streams of colours and of flow together: the mean of the probabilities of two classifiers, each trained on its own stream',
    )
  })

  it('is there for every protocol', () => {
    for (const protocol of PROTOCOLS) {
      const settings = completeSettings(protocol)
      expect(protocolSentence({ protocol, settings })).toMatch(/^[A-Z]/)
      expect(differingSettings({ protocol, settings })).toEqual([])
    }
  })

  it('names what is not at its default and plays a part', () => {
    const settings = completeSettings('linear', { clips: 2, normalise: true, milestone1: 7 })
    expect(differingSettings({ protocol: 'linear', settings })).toEqual([
      { name: 'clips', label: 'Clips per video', value: '2' },
      { name: 'normalise', label: 'Normalise features', value: 'on' },
    ])
  })
})
