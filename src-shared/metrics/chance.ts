/** What metrics are worth where nothing has been learned: the formulas behind healthy ranges. */

/**
 * InfoNCE where all similarities are equal: the positive has the same share of the softmax as each of
 * the negatives. With the 2N - 2 negatives of NT-Xent it is log(2N - 1).
 * @param negatives K, of each positive
 * @returns log(K + 1), in nats
 */
export function chanceLoss(negatives: number): number {
  return Math.log(negatives + 1)
}

/** How often the positive is among the `k` most similar of K + 1 in random order: k / (K + 1), at most 1. */
export function chanceOfTop(k: number, negatives: number): number {
  return Math.min(1, k / (negatives + 1))
}

/**
 * Standard error of an exponential moving average of shares, each of `trials` independent trials that
 * succeed with a probability p. The weights of such an average leave (1 - w) / (1 + w) of the variance
 * of one value.
 * @param weight of the past, w in [0, 1)
 */
export function standardErrorOfShare(p: number, trials: number, weight: number): number {
  return Math.sqrt(((p * (1 - p)) / trials) * ((1 - weight) / (1 + weight)))
}

/**
 * Standard deviation of an exponential moving average of means of n cosines, each of two independent
 * directions in D dimensions: one such cosine has the variance 1 / D (and the mean 0).
 * @param weight of the past, w in [0, 1)
 */
export function standardErrorOfCosine(
  { count, dimension }: { count: number; dimension: number },
  weight: number,
): number {
  return Math.sqrt((1 / (count * dimension)) * ((1 - weight) / (1 + weight)))
}

/**
 * The mean cosine of pairs of unit-length embeddings at which their spread can still be s. The variances
 * of the D numbers add up to 1 - c for the mean cosine c, so that the mean standard deviation is at most
 * sqrt((1 - c) / D), and the spread, which is that times sqrt(D), at most sqrt(1 - c).
 * @returns 1 - s²
 */
export function meanCosineAtSpread(spread: number): number {
  return 1 - spread ** 2
}

/**
 * Squared error of always naming the mean of whole numbers from 1 to K that are all equally frequent,
 * which is their variance.
 * @returns (K² - 1) / 12
 */
export function errorOfMeanIndex(values: number): number {
  return (values ** 2 - 1) / 12
}

/**
 * Entropy of a softmax in which one of n has the share q and the others share the rest equally, in nats.
 * With q = 1 / n it is log n.
 * @param share q in (0, 1)
 */
export function entropyWithShare(share: number, n: number): number {
  return -share * Math.log(share) - (1 - share) * Math.log((1 - share) / (n - 1))
}

/**
 * Expected entropy of the shares of K prototypes among n clips that choose one at random, divided by
 * log(min(n, K)): what `assignmentEntropy` is where choices are even. The number m of clips that choose
 * one prototype is binomial, and each prototype contributes -E[(m / n) log(m / n)].
 */
export function evenAssignmentEntropy(clips: number, prototypes: number): number {
  const most = Math.log(Math.min(clips, prototypes))
  const odds = Math.log(1 / (prototypes - 1))
  let logP = clips * Math.log1p(-1 / prototypes) // of m = 0
  let expected = 0
  for (let m = 1; m <= clips; m++) {
    logP += Math.log((clips - m + 1) / m) + odds
    const share = m / clips
    expected -= Math.exp(logP) * share * Math.log(share)
  }
  return (prototypes * expected) / most
}

/**
 * Expected normalised mutual information of two independent assignments of n things to k classes that
 * are about equally large: 2 n times the mutual information, in nats, is then about chi-square
 * distributed with (k - 1)² degrees of freedom.
 * @returns at most 1
 */
export function independentNmi(things: number, classes: number): number {
  return Math.min(1, (classes - 1) ** 2 / (2 * things * Math.log(classes)))
}
