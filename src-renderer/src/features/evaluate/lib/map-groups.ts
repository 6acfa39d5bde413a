import type { Answers } from '#shared/contract/evaluations.ts'
import type { MapArtefact } from '#shared/tasks/map/artefact.ts'
import type { ColourScheme } from '../../../ui/theme/palette.ts'
import { labelledBy } from './map-view.ts'
import { seriesColour } from '../../../charts/series-colours.ts'

/** The points of a map by what they are coloured by. */
export interface MapGroups {
  names: readonly string[]
  /** Points with the number of their group in place of their class. */
  points: MapArtefact['points']
  /** The colour of each group: one of the series; null: grey, for what is not known. */
  series: readonly (number | null)[]
}

/** The colours of correct and wrong, as in the confusion matrix: told apart without red and green. */
const CORRECT = 0
const WRONG = 1

export function byClass({ classes, points }: MapArtefact): MapGroups {
  return { names: classes, points, series: classes.map((_, i) => i) }
}

export function bySplit({ points }: MapArtefact): MapGroups {
  const grouped = labelledBy(points, (i) => points.test[i] ?? 0)
  return { names: ['Training', 'Test'], points: grouped, series: [0, 1] }
}

export function byTag(
  { points }: MapArtefact,
  tag: string,
  tagged: ReadonlySet<number>,
): MapGroups {
  const grouped = labelledBy(points, (i) => Number(tagged.has(points.videoId[i] ?? 0)))
  return { names: ['Without the tag', tag], points: grouped, series: [null, 1] }
}

/** Whether an evaluation's prediction was right; videos that it did not test are grey. */
export function byOutcome({ points }: MapArtefact, answers: Answers): MapGroups {
  const isRight = new Map(
    answers.videoId.map((id, i) => [id, answers.predicted[i] === answers.truth[i]]),
  )
  const grouped = labelledBy(points, (i) => {
    const right = isRight.get(points.videoId[i] ?? 0)
    return right === undefined ? 0 : right ? 1 : 2
  })
  return {
    names: ['Not tested', 'Correct', 'Wrong'],
    points: grouped,
    series: [null, CORRECT, WRONG],
  }
}

/**
 * The class that an evaluation predicted; each has the colour that it has as a true class.
 * @param names the evaluation's classes
 */
export function byPrediction(
  { classes, points }: MapArtefact,
  answers: Answers,
  names: readonly string[],
): MapGroups {
  const places = new Map(classes.map((name, i) => [name, i]))
  const predicted = new Map(
    answers.videoId.map((id, i) => [id, places.get(names[answers.predicted[i] ?? -1] ?? '')]),
  )
  const grouped = labelledBy(points, (i) => (predicted.get(points.videoId[i] ?? 0) ?? -1) + 1)
  return {
    names: ['Not tested', ...classes],
    points: grouped,
    series: [null, ...classes.map((_, i) => i)],
  }
}

/** Points of each group. */
export function countsOf({ names, points }: MapGroups): number[] {
  const counts = names.map(() => 0)
  for (const label of points.label) counts[label] = (counts[label] ?? 0) + 1
  return counts
}

export function coloursOf({ series }: MapGroups, scheme: ColourScheme): string[] {
  const grey = scheme === 'dark' ? 'hsl(212 10% 46%)' : 'hsl(212 10% 62%)'
  return series.map((at) => (at === null ? grey : seriesColour(at, scheme)))
}
