import { describe, expect, it } from 'vitest'
import { formatTable, type TextTable } from '#shared/report/table.ts'

const table: TextTable = {
  header: ['Encoder', 'Top-1'],
  rows: [
    ['MoCo | plain', '32.3 %'],
    ['FAME, β 0.3_b', '59.4 ± 1.2'],
  ],
  best: [[1, 1]],
}

describe('a table', () => {
  it('is Markdown with numbers to the right, bars escaped and the best in bold', () => {
    expect(formatTable(table, 'markdown')).toBe(
      '| Encoder | Top-1 |\n' +
        '| --- | ---: |\n' +
        '| MoCo \\| plain | 32.3 % |\n' +
        '| FAME, β 0.3_b | **59.4 ± 1.2** |\n',
    )
  })

  it('is CSV that quotes commas and quotation marks and cannot be taken for formulas', () => {
    const rows = [
      ['a,b', 'say "x"'],
      ['=1+1', '-2.5'],
      ['-x', '+1'],
    ]
    expect(formatTable({ header: ['h', 'v'], rows }, 'csv')).toBe(
      'h,v\r\n"a,b","say ""x"""\r\n"\'=1+1",-2.5\r\n"\'-x",+1\r\n',
    )
  })

  it('is LaTeX whose special signs are escaped', () => {
    expect(formatTable(table, 'latex')).toBe(
      '\\begin{tabular}{lr}\n\\toprule\nEncoder & Top-1 \\\\\n\\midrule\n' +
        'MoCo | plain & 32.3 \\% \\\\\n' +
        'FAME, $\\beta$ 0.3\\_b & \\textbf{59.4 $\\pm$ 1.2} \\\\\n\\bottomrule\n\\end{tabular}\n',
    )
    expect(formatTable({ header: ['a\\b^c~d#{}'], rows: [] }, 'latex')).toContain(
      'a\\textbackslash{}b\\textasciicircum{}c\\textasciitilde{}d\\#\\{\\}',
    )
    expect(formatTable({ header: ['59.4 ≈', '72.2 ≠'], rows: [] }, 'latex')).toContain(
      '59.4 $\\approx$ & 72.2 $\\neq$',
    )
  })
})
