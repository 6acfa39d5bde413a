import { halves, sceneKinds, type SceneHalf } from './kinds.ts'
import { scoreScenes, type SceneThreads } from './scenes-in-threads.ts'
import type { SceneScore, SceneTask } from './score-scene.ts'
import { maskTrials } from './trials.ts'

export interface TrialFigures {
  trial: string
  /** Mean IoU with the union of the true masks. */
  iou: number
  /** Mean part of the frame that the mask keeps; where nothing moves, all of it is false. */
  area: number
}

export interface KindFigures {
  kind: string
  about: string
  half: SceneHalf
  hasObject: boolean
  /** Mean part of the frame that is foreground in any frame. */
  truth: number
  trials: TrialFigures[]
}

export interface HalfFigures {
  half: SceneHalf
  trial: string
  /** Mean and least of the kinds with an object. */
  iou: number
  leastIou: number
  leastKind: string
  /** Mean over the kinds without one of the part of the frame taken for foreground. */
  falseForeground: number
}

export interface ScenesBench {
  /** Clips of each kind. */
  clips: number
  kinds: KindFigures[]
  halves: HalfFigures[]
  /** Median processor time of a clip on one core. */
  milliseconds: Record<string, number>
  seconds: number
}

export interface ScenesBenchOptions extends SceneThreads {
  /** Clips of each kind, seeds 1, 2 and so on. */
  clips: number
  /** Of one half alone. Default: both. */
  half?: SceneHalf
}

/** Holds masks of every variant against the truth of generated scenes, by kind of scene. */
export async function benchScenes(options: ScenesBenchOptions): Promise<ScenesBench> {
  const { clips, half } = options
  const kinds = sceneKinds.filter(({ name }) => half === undefined || halves.get(name) === half)
  const tasks = kinds.flatMap(({ name }) =>
    Array.from({ length: clips }, (_, i): SceneTask => ({ kind: name, seed: i + 1 })),
  )
  const started = performance.now()
  const scores = await scoreScenes<SceneScore>('scoreScene', tasks, options)
  const figures = kinds.map(({ name, about, hasObject }, i): KindFigures => {
    const own = scores.slice(i * clips, (i + 1) * clips)
    return {
      kind: name,
      about,
      half: halves.get(name)!,
      hasObject,
      truth: mean(own.map(({ truth }) => truth)),
      trials: maskTrials.map((trial, j) => ({
        trial: trial.name,
        iou: mean(own.map(({ trials }) => trials[j].iou)),
        area: mean(own.map(({ trials }) => trials[j].area)),
      })),
    }
  })
  return {
    clips,
    kinds: figures,
    halves: summariseHalves(figures),
    milliseconds: Object.fromEntries(
      maskTrials.map(({ name }, j) => [
        name,
        median(scores.map(({ trials }) => trials[j].milliseconds)),
      ]),
    ),
    seconds: (performance.now() - started) / 1000,
  }
}

/** The figures of each half and trial. */
export function summariseHalves(figures: readonly KindFigures[]): HalfFigures[] {
  const present = [...new Set(figures.map(({ half }) => half))].sort()
  return present.flatMap((half) => {
    const own = figures.filter((kind) => kind.half === half)
    return maskTrials.map(({ name }, j) => {
      const withObject = own.filter(({ hasObject }) => hasObject)
      const least = withObject.reduce((a, b) => (b.trials[j].iou < a.trials[j].iou ? b : a))
      const empty = own.filter(({ hasObject }) => !hasObject)
      return {
        half,
        trial: name,
        iou: mean(withObject.map(({ trials }) => trials[j].iou)),
        leastIou: least.trials[j].iou,
        leastKind: least.kind,
        falseForeground: mean(empty.map(({ trials }) => trials[j].area)),
      }
    })
  })
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
