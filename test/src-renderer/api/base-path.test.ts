import { expect, it } from 'vitest'
import { basePathOf } from '../../../src-renderer/src/api/base-path.ts'

it.each([
  ['/', ''],
  ['/index.html', ''],
  ['/fame/', '/fame'],
  ['/lab/fame/index.html', '/lab/fame'],
  ['blank', ''],
])('a page at %j is served below %j', (pathname, base) => {
  expect(basePathOf({ pathname })).toBe(base)
})
