import { tasks, type Protocol } from '#shared/tasks/index.ts'
import type { Answers } from '#shared/tasks/task.ts'
import { formatPercent } from '../../../lib/format.ts'

/** What the score of a predicted class can be. */
const kinds: Record<Answers['score'], { title: string; print: (score: number) => string }> = {
  cosine: {
    title: 'Cosine similarity to the nearest training video of the class',
    print: (score) => `cos ${score.toFixed(2)}`,
  },
  vote: {
    title: 'Share of the neighbours’ weighted vote',
    print: (score) => `vote ${formatPercent(score, 0)}`,
  },
  probability: {
    title: 'Probability that the classifier gives to the class',
    print: (score) => `prob. ${formatPercent(score, 0)}`,
  },
}

/** 'cos 1.00', 'vote 62 %' or 'prob. 87 %', and what that means. */
export function answerScore(protocol: Protocol, score: number): { text: string; title: string } {
  const { title, print } = kinds[tasks[protocol].answers?.score ?? 'probability']
  return { text: print(score), title }
}
