import { expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'

it.each([
  ['prediction', { frameMix: 0.3 }, /^frameMix/],
  ['prediction', { coloursByFrame: true }, /coloursByFrame/],
  ['prediction', { consistent: false }, /consistent/],
  ['prp', { frameMix: 0.3 }, /^frameMix/],
  ['prp', { coloursByFrame: true }, /coloursByFrame/],
])('%s refuses %o, which would show frames that it must find', (method, changes, message) => {
  expect(() => completeConfig({ method })).not.toThrow()
  expect(() => completeConfig({ method, ...changes })).toThrow(message)
})
