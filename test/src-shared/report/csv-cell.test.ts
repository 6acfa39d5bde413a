import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvCell } from '#shared/report/csv-cell.ts'

/** Reads one cell as RFC 4180 has it. */
function read(cell: string): string {
  return cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell
}

describe('a cell of comma-separated values', () => {
  it.each([
    ["-1+1|cmd' /C calc'!A0", `"'-1+1|cmd' /C calc'!A0"`],
    ['=1+1', `"'=1+1"`],
    ['+1+1', `"'+1+1"`],
    ['-x', `"'-x"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\r=1+1', `"'\r=1+1"`],
    ['\t=1+1', `"'\t=1+1"`],
    ['\n=1+1', `"'\n=1+1"`],
    ['  =1+1', `"'  =1+1"`],
    ['\u200b=1+1', `"'\u200b=1+1"`],
    ['＝1+1', `"'＝1+1"`],
    ['＋1', `"'＋1"`],
    ['－1', `"'－1"`],
    ['＠a', `"'＠a"`],
    ['"=1+1', `"'""=1+1"`],
    ['-2.5 ± 0.3', `"'-2.5 ± 0.3"`],
  ])('that a spreadsheet would run is text: %j', (text, cell) => {
    expect(csvCell(text)).toBe(cell)
  })

  it.each(['0', '-2.5', '+1', '.5', '1e-3', '-1E+20', '59.4%', '12.'])(
    'that is a number stays one: %s',
    (text) => expect(csvCell(text)).toBe(text),
  )

  it.each(['FAME, β 0.3', 'a "b"', 'two\nlines', '', 'R(2+1)D', 'a=b'])(
    'that is harmless text reads back as it was: %j',
    (text) => expect(read(csvCell(text))).toBe(text),
  )

  it('never begins with a sign that runs it, and loses nothing', () => {
    const signs = fc.string({ unit: fc.constantFrom(...'=+-@＝＋－＠\t\r\n "\'1a,;|') })
    fc.assert(
      fc.property(signs, (text) => {
        const shown = read(csvCell(text))
        const isNumber = shown !== '' && Number.isFinite(Number(shown)) && shown.trim() === shown
        expect(isNumber || !/^[=+\-@＝＋－＠\t\r\n]/.test(shown)).toBe(true)
        expect([text, `'${text}`]).toContain(shown)
      }),
    )
  })
})
