import { formatPercent } from '#shared/text/numbers.ts'
import type { MethodsResult } from './methods.ts'
import { cellsLeft, chooseRate, closestRivals } from './methods-choice.ts'
import { DEFAULT_STEPS, keyOf, RIVALS, VIDEOS_A_STEP } from './methods-plan.ts'
import { CHOSEN_BY } from './shortcut-plan.ts'

/** What a reader must know to weigh the table: before it and after it. */
export function methodsNotes(result: MethodsResult): { before: string[]; after: string[] } {
  return {
    before: [lead(result)],
    after: [
      intervalNote(result),
      legend(),
      choiceNote(result),
      countNote(result),
      ...missingNotes(result),
    ],
  }
}

function lead({ plan, trainVideos, testVideos }: MethodsResult): string {
  const isFirstLook = plan.steps < DEFAULT_STEPS
  const length = isFirstLook
    ? ` This is a first look: the whole study has ${DEFAULT_STEPS} steps, and methods that learn late are ` +
      'judged too early here.'
    : ''
  const counted = testVideos > 0 ? ` ${trainVideos} training and ${testVideos} test videos.` : ''
  return (
    'Every method of the workbench, without merging and with FAME’s merge, pretrains the narrow ' +
    'encoder on the sample set with its small recipe and is evaluated frozen. All rows are trained on the ' +
    `same number of videos: ${plan.steps} steps of ${VIDEOS_A_STEP} videos; a method that takes more clips of ` +
    'each video computes more. Nine of ten training videos show the background of their class; test ' +
    'backgrounds are independent of the class, so an encoder that has learned the background scores at ' +
    `chance.${counted}${length}`
  )
}

function intervalNote({ chance }: MethodsResult): string {
  return (
    'Per cent: the mean over the seeds; in square brackets the 95 % interval over the test videos ' +
    '(Wilson’s for the mean, as if it were one encoder’s), in braces the 95 % interval over the seeds ' +
    '(Student’s t), which is wide for two or three of them. ' +
    (Number.isFinite(chance) ? `Chance is ${formatPercent(chance)}.` : '')
  ).trim()
}

function legend(): string {
  return (
    'Top-1: linear probe on frozen features, or the network’s own classifier where it was trained with ' +
    'labels. k-NN: 20 weighted neighbours. R@1: nearest training video. Swapped: top-1 of the linear ' +
    'probe when the foreground of a test clip stands on the background of a training video of another ' +
    'class. Pulled: how often it then answers with that class. All at video level, from 4 clips.'
  )
}

function choiceNote(result: MethodsResult): string {
  const { plan, known } = result
  const { rates, rows } = plan
  const rivals = closestRivals(plan, known).map(({ name }) => name)
  const third = rivals.length > 0 ? `: ${rivals.join('; ')}` : ''
  const seeds = `All rows have seeds 1 to ${plan.seeds}; the ${RIVALS} best rows get one seed more${third}.`
  if (rates.length === 1) return `The learning rate is the recipe’s × ${rates[0]}. ${seeds}`
  const chosen = rows
    .filter(({ kind }) => kind === 'pretrained')
    .flatMap((row) => {
      const { rate, tried } = chooseRate(row, plan, known)
      const scores = tried.map((one) => `× ${one.rate} ${(100 * one.score).toFixed(1)}`)
      return tried.length > 0 ? [`${row.name} × ${rate} (${scores.join(', ')})`] : []
    })
  return (
    `The learning rate was chosen among the recipe’s × ${rates.join(', × ')} by ${CHOSEN_BY} with seed 1 ` +
    'on a quarter of the training videos of each class, which the classifier did not see; the test ' +
    `split was not used. ${chosen.length > 0 ? `Chosen, with what was tried: ${chosen.join('; ')}. ` : ''}${seeds}`
  )
}

/** How many encoders the table stands on. */
function countNote({ plan, known }: MethodsResult): string {
  const names = plan.rows.flatMap(({ name, kind }) => (kind === 'pretrained' ? [name] : []))
  const tested = [...known].filter(
    ([key, { test }]) => test && names.some((name) => key.startsWith(`${name}, seed `)),
  )
  return `${tested.length} pretrained encoders have been tested.`
}

/** Cells that are missing, and why where that is known. */
function missingNotes(result: MethodsResult): string[] {
  const { plan, known, failed } = result
  const left = cellsLeft(plan, known).filter((cell) => !failed.has(keyOf(cell)))
  const untold = left.length > 0 ? [`${left.length} cells of the plan have not yet been run.`] : []
  return [...untold, ...[...failed].map(([cell, reason]) => `${cell} failed: ${reason}`)]
}
