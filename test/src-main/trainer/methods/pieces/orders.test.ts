import { describe, expect, it } from 'vitest'
import {
  differences,
  distantOrders,
  ordersWithoutReverse,
} from '#main/trainer/methods/pieces/orders.ts'
import { permutationsOf } from '#shared/methods/permutations.ts'
import { Rng } from '#shared/random/rng.ts'
import figures from '../../../../fixtures/objectives/pieces.json' with { type: 'json' }

const GRID = { times: 3, rows: 2, columns: 2 }

it('lists all orders of four pieces as the golden figures do', () => {
  expect(permutationsOf(4)).toEqual(figures.orders)
})

it('keeps one of each order and its reverse', () => {
  const orders = ordersWithoutReverse(4)
  expect(orders).toHaveLength(12)
  const both = orders.flatMap((order) => [order, order.toReversed()])
  expect(new Set(both.map(String)).size).toBe(24)
})

describe('orders that are chosen to differ', () => {
  const chosen = distantOrders(GRID, 24, 7)

  it('are permutations that keep the pieces of a part of time together', () => {
    expect(chosen).toHaveLength(24)
    for (const order of chosen) {
      expect(order.toSorted((a, b) => a - b)).toEqual([...Array(12).keys()])
      for (const part of [0, 4, 8]) {
        const times = order.slice(part, part + 4).map((piece) => Math.floor(piece / 4))
        expect(new Set(times).size).toBe(1)
      }
    }
  })

  const least = (orders: readonly (readonly number[])[]): number =>
    Math.min(...orders.flatMap((a, i) => orders.slice(i + 1).map((b) => differences(a, b))))

  it('are farther from each other than random ones', () => {
    const rng = new Rng(1)
    const random = Array.from({ length: 24 }, () => [...rng.permutation(12)])
    expect(least(chosen)).toBeGreaterThan(least(random))
    // Twelve orders that differ in all of twelve places exist, but not 24.
    expect(least(chosen)).toBeGreaterThanOrEqual(8)
  })

  it('follow from the seed', () => {
    expect(distantOrders(GRID, 24, 7)).toEqual(chosen)
    expect(distantOrders(GRID, 24, 8)).not.toEqual(chosen)
  })
})
