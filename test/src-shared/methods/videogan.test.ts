import { expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'

it.each([
  { frames: 16, size: 25 },
  { frames: 32, size: 64 },
  { frames: 64, size: 448 },
])('the generator makes clips of $frames frames of $size px', (clip) => {
  expect(() => completeConfig({ method: 'videogan', ...clip })).not.toThrow()
})

it.each([
  { frames: 31, size: 64, says: /^frames is 31.* 31 frames large.*multiple of 16/ },
  { frames: 18, size: 64, says: /^frames is 18.* 9 frames large/ },
  { frames: 32, size: 223, says: /^size is 223.* 223 pixels large/ },
  { frames: 32, size: 58, says: /^size is 58.* 29 pixels large/ },
])(
  'sizes are refused whose first layer would be too large: $frames, $size',
  ({ says, ...clip }) => {
    expect(() => completeConfig({ method: 'videogan', ...clip })).toThrow(says)
  },
)
