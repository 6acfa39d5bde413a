import fc from 'fast-check'
import { expect, it } from 'vitest'
import { printable } from '#shared/text/printable.ts'

it('writes out what a terminal would obey, and nothing else', () => {
  expect(printable('a\u001b[31mb\nc')).toBe('a\\x1b[31mb\\x0ac')
  expect(printable('abc\u202egpm.exe')).toBe('abc\\u202egpm.exe')
  expect(printable('日本語 café 🎬')).toBe('日本語 café 🎬')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u)
    }),
  )
})
