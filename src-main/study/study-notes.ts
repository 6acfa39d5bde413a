import { samplePresets } from '#shared/config/presets.ts'
import { spreadOf } from '#shared/metrics/spread.ts'
import { chooseBetas } from './choice.ts'
import type { StudyResult } from './shortcut.ts'
import { CHOSEN_BY, shortcutColumns, shortcutRows } from './shortcut-plan.ts'

const [FIRST] = shortcutColumns.map(({ label }) => label)

/** What a reader must know to weigh the figures: how β was chosen, the recipe, and what is missing. */
export function studyNotes(result: StudyResult): string[] {
  return [
    choiceNote(result),
    recipeNote(result),
    presetNote(result),
    ...healthNote(result),
    ...repeatNote(result),
    ...missingNote(result),
  ]
}

function percentOf(share: number): string {
  return (100 * share).toFixed(1)
}

function choiceNote(result: StudyResult): string {
  const choices = chooseBetas(result)
  if (choices.length === 0) return testChoiceNote(result)
  const chosen = choices.map(({ chosen: name, means }) => {
    return `${name} (${means.map(({ mean }) => percentOf(mean)).join(', ')})`
  })
  return `How β was chosen: on a quarter of the training videos of each class, held out with seed 1 and
left out of the classifier, by the highest mean over the seeds of ${CHOSEN_BY} there. Their own
backgrounds give the class away, so plain accuracy on them would reward the shortcut. The encoders have
seen these videos in pretraining, without their labels. Chosen, with the means in the order of β:
${chosen.join('; ')}. The test split was not used to choose β. The small recipe was chosen earlier, with the
test split in view.`
}

/** Of studies before there was a validation split. */
function testChoiceNote({ rows }: StudyResult): string {
  const own = rows.filter(({ name, seeds }) => /^FAME, β/.test(name) && seeds.length > 0)
  const means = own.map(({ name, seeds }) => {
    const mean = spreadOf(seeds.map(({ scores }) => scores[FIRST]))?.mean ?? 0
    return { name, mean }
  })
  if (means.length < 2) return 'No β was chosen: each row names its β.'
  const best = means.reduce((a, b) => (b.mean > a.mean ? b : a))
  return `β was not chosen on separate videos: this study had no validation split, and β and the small recipe
were chosen with this test set in view. ${best.name} is the best of ${means.length} on it, and
near the true share of the foreground, about 30 %. It is the best case: read it together with the other β.`
}

function recipeNote({ rows }: StudyResult): string {
  const coloured = rows.some(({ name, seeds }) => name.includes('with colours') && seeds.length > 0)
  const rest = coloured
    ? "Rows 'with colours' add the paper's colour augmentation: grayscale 0.2, jitter 0.8, blur 0.5."
    : 'No row with colour augmentation was measured; it might remove part of this shortcut from the baseline.'
  return `Pretraining is the small recipe: 8 frames of 48 px, 60 epochs, crops from 50 % of the frame, and
unchanged colours, so a method without merging keeps its shortcut by colour. ${rest}`
}

function presetNote({ rows }: StudyResult): string {
  const { name, values } = samplePresets.merged
  const { beta } = values
  const isMeasured = rows.some(
    ({ name: row, seeds }) => row === `FAME, β ${beta}` && seeds.length > 0,
  )
  return isMeasured
    ? `The preset ${name} has β ${beta}, a row of this table.`
    : `The preset ${name} has β ${beta}, which this table does not have.`
}

/** A collapsed encoder stays in the means; the reader must know of it. */
function healthNote({ rows }: StudyResult): string[] {
  const out = rows.flatMap(({ name, seeds }) =>
    seeds.flatMap(({ seed, outOfRange = [] }) =>
      outOfRange.length > 0 ? `${name}, seed ${seed} (${outOfRange.join('; ')})` : [],
    ),
  )
  if (out.length === 0) return []
  return [`Runs that ended outside a healthy range, and count in their rows: ${out.join('; ')}.`]
}

/** How far the same seed leads to the same score. */
function repeatNote({ rows }: StudyResult): string[] {
  const pairs = rows.flatMap(({ name, seeds }) =>
    seeds.flatMap(({ seed, scores, repeats = [] }) =>
      repeats.map((score) => ({ name, seed, score, first: scores[FIRST] })),
    ),
  )
  if (pairs.length === 0) return []
  const moved = pairs.map(({ first, score }) => 100 * Math.abs(score - first))
  const list = pairs.map(({ name, seed, first, score }) => {
    return `${name}, seed ${seed}: ${percentOf(first)} and ${percentOf(score)}`
  })
  const note = `Trained more than once with the same settings and seed; the table counts the first run of each,
whatever its score. ${FIRST} of both: ${list.join('; ')}. They differ by ${meanOf(moved).toFixed(1)} points in the mean
and ${Math.max(...moved).toFixed(1)} at most.`
  const between = differencesOfSeeds(rows)
  if (between.length === 0) return [note]
  return [
    `${note} Two seeds of one row differ by ${meanOf(between).toFixed(1)} points in the mean.`,
  ]
}

/** Between every two seeds of a row that was pretrained, in points. */
function differencesOfSeeds(rows: StudyResult['rows']): number[] {
  const pretrained = shortcutRows.filter(({ training }) => training.kind === 'pretrained')
  const names = new Set(pretrained.map(({ name }) => name))
  return rows
    .filter(({ name }) => names.has(name))
    .flatMap(({ seeds }) =>
      seeds.flatMap((a, i) =>
        seeds.slice(i + 1).map((b) => 100 * Math.abs(a.scores[FIRST] - b.scores[FIRST])),
      ),
    )
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length
}

function missingNote(result: StudyResult): string[] {
  const measured = new Set(
    result.rows.filter(({ seeds }) => seeds.length > 0).map(({ name }) => name),
  )
  const missing = shortcutRows.map(({ name }) => name).filter((name) => !measured.has(name))
  if (missing.length === 0) return []
  const list = `Rows of the plan that were not measured: ${missing.join('; ')}.`
  const lacksMasks = missing.some((name) => /^FAME (gauss|seed),/.test(name))
  const hasFame = [...measured].some((name) => /^FAME, β/.test(name))
  const unequal = 'FAME is compared with gauss and seed masks only at the β that are in the table.'
  return [lacksMasks && hasFame ? `${list} ${unequal}` : list]
}
