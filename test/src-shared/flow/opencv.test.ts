import { expect, test } from 'vitest'
import { flowAlgorithms } from '#shared/flow/algorithms.ts'
import { endPointDifference, stillField, type FlowField } from '#shared/flow/field.ts'
import type { FlowAlgorithmName } from '#shared/flow/names.ts'
import { TVL1, tvl1Flow, tvl1Frame } from '#shared/flow/tvl1/tvl1.ts'
import { fixturePair } from './fixture-pairs.ts'

/** Mean end-point difference in pixels that counts as the same algorithm. */
const TOLERANCE = 0.05

const PAIRS = ['vtest-a', 'tree', 'megamind', 'vtest-far']
/** Those of which OpenCV's own field changes by more when rounding does; see `make.py`. */
const UNSTABLE = { tvl1: ['tree', 'vtest-far'] }
const without: Partial<Record<FlowAlgorithmName, string[]>> = UNSTABLE
const algorithms: FlowAlgorithmName[] = ['farneback', 'dis-ultrafast', 'dis-medium', 'tvl1']
const cases = algorithms.flatMap((algorithm) =>
  PAIRS.filter((pair) => !without[algorithm]?.includes(pair)).map((pair) => ({ pair, algorithm })),
)

/** A field that is 0 everywhere must not pass. */
function expectSame(flow: FlowField, expected: FlowField): void {
  const still = stillField(expected.width, expected.height)
  const difference = endPointDifference(flow, expected)
  expect(difference).toBeLessThanOrEqual(TOLERANCE)
  expect(difference).toBeLessThan(0.2 * endPointDifference(still, expected))
}

test.each(cases)("$algorithm gives OpenCV's field of $pair", ({ pair, algorithm }) => {
  const { frames, field } = fixturePair(pair)
  const sequence = flowAlgorithms[algorithm]()
  expect(sequence.next(frames[0])).toBeNull()
  expectSame(sequence.next(frames[1])!, field(algorithm))
})

test.each(PAIRS)("TV-L1 gives OpenCV's field of %s after one warp a level", (pair) => {
  const { frames, field } = fixturePair(pair)
  const [first, second] = frames.map((frame) => tvl1Frame(frame))
  const flow = tvl1Flow(first, second, { ...TVL1, warps: 1, outer: 1 })
  const expected = field('tvl1-short')
  expectSame(flow, expected)
  expect(endPointDifference(flow, expected)).toBeLessThan(0.01)
})
