import { describe, expect, it } from 'vitest'
import { drawLabels, type LabelRule } from '#shared/random/label-draw.ts'
import known from '../../fixtures/metrics/evaluation-labels.json' with { type: 'json' }

const classes = ['Left', 'Right', 'Up']
const nameOf = ({ path }: { path: string }): string => path
const videos = known.names.map((path, i) => ({ path, label: known.train.labels[i] }))
const usual: LabelRule = { labels: 'all', labelPercent: 10, labelCount: 10 }

function draw(rule: Partial<LabelRule>, labelSeed = 1, of = 0, list = videos): string[] {
  const options = { ...usual, ...rule, classes, nameOf, labelSeed, draw: of }
  return drawLabels<{ path: string; label: number }>(list, options).map(nameOf)
}

describe('a draw of labels', () => {
  it.each(known.drawn)('takes what another implementation takes: $rule, seed $seed', (one) => {
    const paths = draw(one.rule as Partial<LabelRule>, one.seed, one.draw)
    expect(paths).toEqual(one.places.map((place) => known.names[place]))
  })

  it('takes all where all are asked for, and one of each class at least', () => {
    expect(draw({ labels: 'all' })).toEqual(known.names)
    expect(draw({ labels: 'percent', labelPercent: 100 })).toEqual(known.names)
    const least = draw({ labels: 'percent', labelPercent: 0.01 })
    expect(least.map((path) => path.split('/')[0]).toSorted()).toEqual([
      'class_0',
      'class_1',
      'class_2',
    ])
  })

  it('takes a smaller share within a larger one of the same seed', () => {
    const shares = [1, 10, 25, 50, 80].map((labelPercent) =>
      draw({ labels: 'percent', labelPercent }, 3),
    )
    for (const [i, smaller] of shares.slice(0, -1).entries()) {
      expect(shares[i + 1]).toEqual(expect.arrayContaining(smaller))
    }
    const few = draw({ labels: 'perClass', labelCount: 2 }, 3)
    expect(draw({ labels: 'perClass', labelCount: 5 }, 3)).toEqual(expect.arrayContaining(few))
  })

  it('takes the same videos whatever the order of the list, others with another seed or draw', () => {
    const rule = { labels: 'perClass', labelCount: 2 } as const
    const turned = draw(rule, 1, 0, videos.toReversed())
    expect(turned.toSorted()).toEqual(draw(rule).toSorted())
    expect(draw(rule, 2)).not.toEqual(draw(rule))
    expect(draw(rule, 1, 1)).not.toEqual(draw(rule))
  })

  it('says what to do where a class has too few videos, or none', () => {
    expect(() => draw({ labels: 'perClass', labelCount: 9 })).toThrow(
      "The class 'Left' has 8 training videos, and 9 of each class are to be drawn; 3 of 3 classes " +
        "have fewer. Set 'Videos a class' to 8 or less, or draw a percentage.",
    )
    const lacking = videos.filter(({ label }) => label !== 1)
    expect(() => draw({ labels: 'percent' }, 1, 0, lacking)).toThrow(
      "The class 'Right' has no training video, so that no label of it can be drawn. Evaluate with all",
    )
  })
})
