import type { Protocol } from '#shared/config/protocols.ts'
import { formatPercent } from '../../../lib/format.ts'

/** What the score of a predicted class is under a protocol. */
const kinds: Partial<Record<Protocol, { title: string; print: (score: number) => string }>> = {
  retrieval: {
    title: 'Cosine to the nearest training video of the class',
    print: (score) => `cos ${score.toFixed(2)}`,
  },
  knn: {
    title: 'Share of the neighbours’ weighted vote',
    print: (score) => `vote ${formatPercent(score, 0)}`,
  },
}
const probability = {
  title: 'Probability that the classifier gives to the class',
  print: (score: number) => `prob. ${formatPercent(score, 0)}`,
}

/** 'cos 1.00', 'vote 62 %' or 'prob. 87 %', and what that means. */
export function answerScore(protocol: Protocol, score: number): { text: string; title: string } {
  const { title, print } = kinds[protocol] ?? probability
  return { text: print(score), title }
}
