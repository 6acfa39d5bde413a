import {
  BACKGROUND_CONDITIONS,
  type BackgroundArtefact,
  type BackgroundCondition,
} from '#shared/tasks/background/artefact.ts'
import { encoders } from '#shared/encoders/index.ts'
import type { MaskSources } from '#shared/tasks/artefact.ts'
import type { EvaluateJob } from '../process/messages.ts'
import type { ClassifyClips } from '../evaluation/classify.ts'
import type { PlannedPhase } from '../evaluation/work-plan.ts'
import type { EvaluationContext, Outcome, Runner } from '../evaluation/context.ts'
import { meanOverClips } from '../evaluation/features.ts'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'
import { PredictionWriter, topClasses } from '../evaluation/predictions.ts'
import { BackgroundTally, type Answers } from './background/background-tally.ts'
import { conditionFeatures, type ConditionFeatures } from './background/condition-features.ts'
import { chooseDonors, type Donors } from './background/background-sources.ts'
import { probePlan, trainProbe } from './linear/train-probe.ts'
import { placesInTurn, toBytesAgain, writeStrip } from '../evaluation/pictures.ts'
import { pathIn } from '../evaluation/true-masks.ts'

/** Test videos of which pictures are kept. */
const EXAMPLES = 8

const EXCHANGING = 'Exchanging backgrounds'

export const background: Runner = { isFrozen: true, plan, run }

function plan(context: EvaluationContext): PlannedPhase[] {
  const clips = context.videos.test.length * context.job.settings.clips
  const work = clips * BACKGROUND_CONDITIONS.length
  return [...probePlan(context), { name: EXCHANGING, work }]
}

/**
 * Background sensitivity: a linear probe is trained on the features of the original training videos,
 * then answers the test videos under the conditions of `makeConditions`. `gap` is what another
 * class's background costs against another one of the same class (the background gap of Xiao et al.,
 * ICLR 2021), `pull` how often the answer is the class of the video that lent the background.
 * @returns null when asked to stop
 */
async function run(context: EvaluationContext): Promise<Outcome | null> {
  const train = await context.allFeatures('train')
  const probe = train && (await trainProbe(context, train))
  if (!probe) return null
  const sensitivity = new Sensitivity(context)
  const isWhole = await exchange(context, probe, sensitivity)
  if (!isWhole) return null
  const { tally } = sensitivity
  if (tally.videos === 0) {
    throw new Error('No test video can be read. Index the data set again to see the reason.')
  }
  context.artefact('background', sensitivity.artefact())
  const counts = { trainVideos: train.videos.length, testVideos: tally.videos }
  const found = { scores: tally.scores(), intervals: tally.intervals(), detail: tally.detail() }
  return { ...found, ...counts }
}

/** Answers every test video under all conditions. @returns false when asked to stop */
async function exchange(
  context: EvaluationContext,
  probe: ClassifyClips,
  sensitivity: Sensitivity,
): Promise<boolean> {
  const { job, videos } = context
  const reporter = context.phase(EXCHANGING, 'videos', videos.test.length)
  const predictions = new PredictionWriter(job.outputs)
  try {
    for await (const video of conditionFeatures(context, sensitivity.donors)) {
      const best = bestClasses(probe, video, job)
      const answers = firstOf(best)
      await sensitivity.add(video, answers)
      const { id = 0, label: truth } = videos.test[video.place]
      const lent = sensitivity.donors[video.place].swapped.label
      predictions.add({ video: id, truth, top: best.original, answers, lent })
      context.partial(() => {
        predictions.flush()
        return sensitivity.tally.partial(videos.test.length)
      })
      reporter.advance(video.place + 1)
      if (!(await context.breathe())) return false
    }
  } finally {
    predictions.close()
  }
  reporter.flush()
  return !context.stopRequested
}

type BestClasses = Record<BackgroundCondition, PredictionLine['top']>

/** The best classes with their probabilities under every condition. */
function bestClasses(
  probe: ClassifyClips,
  { features }: ConditionFeatures,
  { classes, settings: { clips } }: EvaluateJob,
): BestClasses {
  const best = (name: BackgroundCondition): PredictionLine['top'] =>
    topClasses(meanOverClips({ features: probe(features[name]), clips, size: classes.length }))
  const named = BACKGROUND_CONDITIONS.map((name) => [name, best(name)])
  return Object.fromEntries(named) as BestClasses
}

function firstOf(best: BestClasses): Answers {
  const named = BACKGROUND_CONDITIONS.map((name) => [name, best[name][0][0]])
  return Object.fromEntries(named) as Answers
}

/** What is found, video by video. */
class Sensitivity {
  readonly donors: Donors[]
  readonly tally: BackgroundTally
  private readonly context: EvaluationContext
  private readonly pictured: ReadonlySet<number>
  private readonly masks: MaskSources = { true: 0, corrected: 0, approved: 0, fame: 0 }
  private readonly examples: BackgroundArtefact['examples'] = []

  constructor(context: EvaluationContext) {
    const { job, videos, seed } = context
    this.context = context
    this.donors = chooseDonors(videos.test, videos[job.settings.backgrounds], seed)
    this.tally = new BackgroundTally(job.classes.length)
    this.pictured = new Set(
      placesInTurn(
        videos.test.map(({ label }) => label),
        EXAMPLES,
      ),
    )
  }

  async add(video: ConditionFeatures, answers: Answers): Promise<void> {
    const { place, sources } = video
    const { label } = this.context.videos.test[place]
    this.tally.add(answers, label, this.donors[place].swapped.label)
    for (const source of sources) this.masks[source]++
    if (this.pictured.has(place)) await this.keepExample(video, answers)
  }

  artefact(): BackgroundArtefact {
    const { tally, masks, examples } = this
    const { classes, config, settings } = this.context.job
    return {
      kind: 'background',
      classes,
      backgrounds: settings.backgrounds,
      masks,
      fame: { variant: config.variant, beta: config.beta },
      conditions: tally.conditions(),
      pull: tally.pull(),
      videos: tally.videos,
      examples,
    }
  }

  private async keepExample(video: ConditionFeatures, answers: Answers): Promise<void> {
    const { place, middle } = video
    const { job, videos } = this.context
    const { frames, size, model } = job.config
    const { id = 0, label } = videos.test[place]
    const length = middle.length / BACKGROUND_CONDITIONS.length
    const pictures: Partial<Record<keyof Answers, string>> = {}
    for (const [i, name] of BACKGROUND_CONDITIONS.entries()) {
      const clip = middle.subarray(i * length, (i + 1) * length)
      const data = toBytesAgain(clip, encoders[model].scaling)
      const strip = { data, frames, height: size, width: size, channels: 3 } as const
      const hyphened = name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)
      pictures[name] = await writeStrip(job.outputs, `clip-${place}-${hyphened}`, strip)
    }
    const { sameClass, swapped } = this.donors[place]
    const lent = job[job.settings.backgrounds]
    this.examples.push({
      videoId: id,
      path: pathIn(job.test, videos.test[place]),
      label,
      donors: { sameClass: pathIn(lent, sameClass), swapped: pathIn(lent, swapped) },
      swappedLabel: swapped.label,
      frames,
      size,
      predicted: answers,
      pictures: pictures as Record<keyof Answers, string>,
    })
  }
}
