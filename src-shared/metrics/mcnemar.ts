/** How two classifiers answered the same videos. */
export interface Paired {
  /** Videos that the first alone has right. */
  first: number
  /** Videos that the second alone has right. */
  second: number
}

/**
 * McNemar's test in its exact form: where two classifiers are equally good, each of the videos that
 * only one of them has right is as likely to be the first's as the second's.
 * @returns the two-sided p value, that of a binomial test with probability 1/2
 */
export function mcnemar({ first, second }: Paired): number {
  const n = first + second
  const fewer = Math.min(first, second)
  if (2 * fewer === n) return 1
  // P(X <= fewer) from its largest term down, in logarithms since 2^-n vanishes from 1,075 on.
  let term = Math.exp(logChoose(n, fewer) - n * Math.LN2)
  let tail = 0
  for (let k = fewer; k >= 0 && term > 0; k--) {
    tail += term
    term *= k / (n - k + 1)
  }
  return Math.min(1, 2 * tail)
}

/** @param leads of each video: above 0 where the first has it right more often, below 0 the second */
export function sidesOf(leads: Iterable<number>): Paired {
  const counts = { first: 0, second: 0 }
  for (const lead of leads) {
    if (lead > 0) counts.first++
    else if (lead < 0) counts.second++
  }
  return counts
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k)
}

const EXACT = 32

/** ln n!, by its sum for small n, else by Stirling's series: the next term is below 1e-15. */
function logFactorial(n: number): number {
  if (n < EXACT) {
    let sum = 0
    for (let i = 2; i <= n; i++) sum += Math.log(i)
    return sum
  }
  const series = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5) - 1 / (1680 * n ** 7)
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + series
}
