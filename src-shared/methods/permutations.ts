/** All orders of 0 to n - 1, as lists that are sorted number by number: 0 1 2, 0 2 1, 1 0 2 and so on. */
export function permutationsOf(n: number): number[][] {
  const orders = (left: readonly number[]): number[][] =>
    left.length === 0
      ? [[]]
      : left.flatMap((first) =>
          orders(left.filter((other) => other !== first)).map((rest) => [first, ...rest]),
        )
  return orders(Array.from({ length: n }, (_, i) => i))
}

/** How many orders n things have: n! */
export function countOrders(n: number): number {
  return n < 2 ? 1 : n * countOrders(n - 1)
}
