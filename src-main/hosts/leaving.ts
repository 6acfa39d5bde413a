import type { Workbench } from '../workbench.ts'

export interface Question {
  message: string
  detail: string
  /** The first one stays, the second one leaves. */
  buttons: [stay: string, leave: string]
}

/** What to ask before a window is closed over work that would stop with it; null where there is none. */
export function questionBeforeLeaving({ project, trainingSetup }: Workbench): Question | null {
  const { runs, evaluations } = project.store
  const [run] = [...runs.withStatus('running'), ...runs.withStatus('stopping')]
  if (run) {
    return {
      message: 'A run is training.',
      detail:
        `${run.name} is at step ${run.step} of ${run.totalSteps}. It can write a checkpoint now ` +
        'and continue from there when you open the workbench again.',
      buttons: ['Keep the workbench open', 'Stop at a checkpoint and close'],
    }
  }
  const [evaluation] = evaluations.withStatus('running')
  if (evaluation) {
    return {
      message: 'An evaluation is running.',
      detail: `The evaluation of ${evaluation.runName} starts over when you open the workbench again.`,
      buttons: ['Keep the workbench open', 'Close'],
    }
  }
  if (!trainingSetup.isRunning) return null
  return {
    message: 'Training is being set up.',
    detail:
      'Closing ends the set-up. What has been done stays, and the next set-up goes on from there.',
    buttons: ['Keep the workbench open', 'End the set-up and close'],
  }
}
