import { describe, expect, it } from 'vitest'
import { operationsOf } from '#main/bench/training/operations.ts'

const x = [2, 4, 10, 10, 3]
const w = [3, 5, 5, 3, 8]
const y = [2, 4, 6, 6, 8]
/** Every output meets 3 x 5 x 5 taps of 3 channels. */
const expected = 2 * (2 * 4 * 6 * 6 * 8) * (3 * 5 * 5 * 3)

describe('the operations of a convolution', () => {
  it.each([
    ['Conv3D', [x, w], y],
    ['FameConv', [x, w], y],
    ['Conv3DBackpropInputV2', [[5], w, y], x],
    ['Conv3DBackpropFilterV2', [x, [5], y], w],
    ['FameConvInput', [y, w], x],
    ['FameConvFilter', [x, y], w],
    ['FameWinograd', [x, w], y],
    ['FameWinograd', [y, w], x],
    ['FameWinogradFilter', [x, y], w],
  ])('are the same for its gradients: %s', (name, inputs, output) => {
    expect(operationsOf(name, inputs, [{ shape: output }])).toBe(expected)
  })

  it('are those of its frames where it is over images', () => {
    const [frames, kernel, maps] = [
      [8, 10, 10, 3],
      [5, 5, 3, 8],
      [8, 6, 6, 8],
    ]
    const count = 2 * (8 * 6 * 6 * 8) * (5 * 5 * 3)
    expect(operationsOf('Conv2D', [frames, kernel], [{ shape: maps }])).toBe(count)
    const back = [[4], kernel, maps]
    expect(operationsOf('Conv2DBackpropInput', back, [{ shape: frames }])).toBe(count)
  })
})

it('counts products of matrices, and nothing for ops that move memory', () => {
  expect(
    operationsOf(
      'MatMul',
      [
        [7, 5],
        [5, 3],
      ],
      [{ shape: [7, 3] }],
    ),
  ).toBe(2 * 7 * 5 * 3)
  expect(operationsOf('AddV2', [y, y], [{ shape: y }])).toBeNull()
  expect(operationsOf('FameNorm', [y, [8]], [{ shape: y }])).toBeNull()
})
