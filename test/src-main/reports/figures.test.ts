import { describe, expect, it } from 'vitest'
import { confusionFigure } from '#main/reports/confusion-figure.ts'
import { dotPlot } from '#main/reports/dot-plot.ts'
import { linePlot } from '#main/reports/line-plot.ts'
import { renderPage, renderTable } from '#main/reports/page.ts'

const confusion = {
  classes: ['Dive <1>', 'Jump & run', 'Kick'],
  // 3 of 4 dives are right, one is taken for a kick; both jumps for dives; the kick is right.
  triples: [0, 0, 3, 0, 2, 1, 1, 0, 2, 2, 2, 1],
}

describe('the figure of a confusion matrix', () => {
  it('shades each cell by its share of the true class and says what it is', () => {
    const svg = confusionFigure('Confusion', confusion)
    const cells = [...svg.matchAll(/<rect class="(right|wrong)"[^>]*fill-opacity="([\d.]+)"/g)]
    expect(cells.map(([, kind, share]) => [kind, Number(share)])).toEqual([
      ['right', 0.75],
      ['wrong', 0.25],
      ['wrong', 1],
      ['right', 1],
    ])
    expect(svg).toContain('Jump &amp; run predicted as Dive &lt;1&gt;: 2 of 2')
  })

  it('leaves out labels that nobody could read', () => {
    const classes = Array.from({ length: 101 }, (_, i) => `class ${i}`)
    expect(confusionFigure('Confusion', { classes, triples: [] })).not.toContain('<text')
  })
})

describe('the figure of a large confusion matrix', () => {
  const classes = Array.from({ length: 101 }, (_, i) => `class ${i}`)

  it('draws rare cells of one shade together, and names only the others', () => {
    // Of 100 videos of class 0: 96 right, 2 predicted as class 1, 2 for class 2; class 3 is all wrong.
    const triples = [0, 0, 96, 0, 1, 2, 0, 2, 2, 3, 4, 5]
    const svg = confusionFigure('Confusion', { classes, triples })
    expect(svg).toContain('<path class="wrong" fill-opacity="0.02" d="M1 0h1v1h-1zM2 0h1v1h-1z" ')
    expect([...svg.matchAll(/<title>(.*?)<\/title>/g)].map(([, said]) => said)).toEqual([
      'class 0 predicted as class 0: 96 of 100',
      'class 3 predicted as class 4: 5 of 5',
    ])
  })
})

describe('a dot plot', () => {
  it('draws a dot a repetition and prints the mean', () => {
    const svg = dotPlot('Top-1', [{ name: 'FAME', values: [0.25, 0.75] }], 0.125)
    expect(svg.match(/<circle/g)).toHaveLength(2)
    expect(svg).toContain('50.0 %')
    const [left, right] = [...svg.matchAll(/cx="([\d.]+)"/g)].map(([, x]) => Number(x))
    const ticks = [...svg.matchAll(/<line x1="([\d.]+)"/g)].map(([, x]) => Number(x))
    expect([left, right]).toEqual([ticks[1], ticks[3]])
  })

  it('leaves a row empty that has no values', () => {
    const svg = dotPlot('Top-1', [{ name: 'none', values: [] }], 0.5)
    expect(svg).toContain('none')
    expect(svg).not.toContain('NaN')
  })
})

describe('a line plot', () => {
  it('spans the steps and values of all lines, and stands for lines without points', () => {
    const lines = [
      { name: 'a', colour: 'red', points: [0, 10].map((step) => ({ step, value: 4 })) },
      { name: 'b', colour: 'blue', points: [] },
    ]
    const svg = linePlot('Loss', lines)
    expect(svg).toContain('10 steps')
    expect(svg).toContain('d="M44,10L710,10"')
    expect(svg).not.toContain('NaN')
  })

  it('shows losses below zero, with the zero line above them', () => {
    const points = [-0.2, -0.9].map((value, step) => ({ step, value }))
    const svg = linePlot('Loss', [{ name: 'a', colour: 'red', points }])
    const heights = [...svg.matchAll(/d="M[\d.]+,([\d.]+)L[\d.]+,([\d.]+)"/g)].flatMap(
      ([, first, last]) => [Number(first), Number(last)],
    )
    const marks = [...svg.matchAll(/y="([\d.]+)" class="end">(-?[\d.]+)</g)].map(
      ([, y, text]) => [Number(text), Number(y) - 4] as const,
    )
    const at = new Map(marks)
    expect(marks.length).toBeGreaterThan(3)
    expect(heights).toHaveLength(2)
    const [first, last] = heights
    expect(first).toBeGreaterThan(at.get(0)!)
    expect(last).toBeGreaterThan(first)
    expect(last).toBeLessThan(260 - 28)
  })

  it('has a few round marks however large the loss is', () => {
    const points = [0, 1].map((step) => ({ step, value: 437 }))
    const svg = linePlot('Loss', [{ name: 'a', colour: 'red', points }])
    const marks = [...svg.matchAll(/class="end">(\d+)</g)].map(([, text]) => text)
    expect(marks).toEqual(['0', '100', '200', '300', '400'])
  })

  it('keeps the parts of a line beside a value that is no number', () => {
    const points = [4, 4, NaN, 4, 4].map((value, step) => ({ step, value }))
    const svg = linePlot('Loss', [{ name: 'a', colour: 'red', points }])
    expect(svg).toContain('d="M44,10L210.5,10M543.5,10L710,10"')
  })
})

describe('a page', () => {
  it('needs nothing else, and shows text as text', () => {
    const body = renderTable({ header: ['<b>', 'n'], rows: [['"x"', '1']], best: [[0, 1]] })
    const page = renderPage('A & B', body)
    expect(page).not.toMatch(/<script|<link|https?:|@import|url\(/)
    expect(page).toContain('<title>A &amp; B</title>')
    expect(page).toContain('&lt;b&gt;')
    expect(page).toContain('<td class="best">1</td>')
  })
})
