import type { Evaluation } from '#shared/contract/evaluations.ts'
import { tasks } from '#shared/tasks/index.ts'

/** By what the points of a map can be coloured: `class`, `split`, `tag:<name>`, `outcome:<evaluation>`. */
export function mapChoices(predicting: readonly Evaluation[], tags: readonly string[]) {
  return [
    { value: 'class', label: 'Class' },
    { value: 'split', label: 'Split' },
    ...predicting.flatMap(({ id, protocol }) => [
      { value: `outcome:${id}`, label: `Correct or wrong, ${tasks[protocol].label}` },
      { value: `predicted:${id}`, label: `Predicted class, ${tasks[protocol].label}` },
    ]),
    ...tags.map((name) => ({ value: `tag:${name}`, label: `Tag “${name}”` })),
  ]
}

/** What follows the colon of a choice of this kind; null for a choice of another kind. */
export function choiceOf(choice: string, kind: 'tag' | 'outcome' | 'predicted'): string | null {
  const [first, ...rest] = choice.split(':')
  return first === kind ? rest.join(':') : null
}
