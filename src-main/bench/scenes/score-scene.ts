/** Entry of a thread that makes clips of scenes and scores masks of them. */
import { createMasker, type Masker } from '#shared/fame/masker.ts'
import { unionOf } from '../masks/labelled-clip.ts'
import { fitOf, type MaskFit } from '../masks/score.ts'
import { makeScene } from './make-scene.ts'
import { SCENE_SHAPE } from './scene-spec.ts'
import { maskTrials } from './trials.ts'

export { scoreClicks } from './score-clicks.ts'

export interface SceneTask {
  kind: string
  seed: number
}

export interface TrialScore extends MaskFit {
  trial: string
  /** Processor time. */
  milliseconds: number
}

export interface SceneScore {
  /** Part of the frame that is foreground in any frame. */
  truth: number
  trials: TrialScore[]
}

let masker: Masker | undefined

/** Holds every trial's mask of one clip against the union of its true masks. */
export async function scoreScene({ kind, seed }: SceneTask): Promise<SceneScore> {
  const labelled = await makeScene(kind, seed)
  const union = unionOf(labelled)
  masker ??= createMasker(SCENE_SHAPE.side, SCENE_SHAPE.side)
  const maker = masker
  const trials = maskTrials.map(({ name, mask: make }) => {
    const before = process.threadCpuUsage()
    const mask = make(labelled.clip, maker)
    const used = process.threadCpuUsage(before)
    const milliseconds = (used.user + used.system) / 1000
    return { trial: name, milliseconds, ...fitOf(mask, union) }
  })
  return { truth: union.reduce((sum, value) => sum + value, 0) / union.length, trials }
}
