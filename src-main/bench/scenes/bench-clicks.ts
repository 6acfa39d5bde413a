import type { ScenesBenchOptions } from './bench-scenes.ts'
import { halves, sceneKinds, type SceneHalf } from './kinds.ts'
import { scoreScenes } from './scenes-in-threads.ts'
import { CLICK_WAYS, CLICKS, type ClickScore, type ClickWay } from './score-clicks.ts'
import type { SceneTask } from './score-scene.ts'

export interface ClickFigures {
  way: ClickWay
  /** [3]: mean IoU after one click, two and three. */
  ious: number[]
}

export interface ClicksBench {
  /** Clips of each kind. */
  clips: number
  kinds: { kind: string; half: SceneHalf; ways: ClickFigures[] }[]
  /** Means over the kinds of a half. */
  halves: { half: SceneHalf; ways: ClickFigures[] }[]
  /** Median over the objects of the processor time of the slowest click. */
  milliseconds: Record<ClickWay, number>
  seconds: number
}

/** Finds the objects of generated scenes by simulated clicks, for kinds that have one. */
export async function benchClicks(options: ScenesBenchOptions): Promise<ClicksBench> {
  const { clips, half } = options
  const kinds = sceneKinds.filter(
    ({ name, hasObject }) => hasObject && (half === undefined || halves.get(name) === half),
  )
  const tasks = kinds.flatMap(({ name }) =>
    Array.from({ length: clips }, (_, i): SceneTask => ({ kind: name, seed: i + 1 })),
  )
  const started = performance.now()
  const scores = await scoreScenes<ClickScore[]>('scoreClicks', tasks, options)
  const figures = kinds.map(({ name }, i) => ({
    kind: name,
    half: halves.get(name)!,
    ways: meanOf(scores.slice(i * clips, (i + 1) * clips)),
  }))
  const present = [...new Set(figures.map((kind) => kind.half))].sort()
  return {
    clips,
    kinds: figures,
    halves: present.map((own) => ({
      half: own,
      ways: meanOf(figures.filter((kind) => kind.half === own).map(({ ways }) => ways)),
    })),
    milliseconds: mediansOf(scores),
    seconds: (performance.now() - started) / 1000,
  }
}

function meanOf(scores: readonly (readonly ClickFigures[])[]): ClickFigures[] {
  return CLICK_WAYS.map((way, w) => ({
    way,
    ious: Array.from(
      { length: CLICKS },
      (_, click) => scores.reduce((sum, own) => sum + own[w].ious[click], 0) / scores.length,
    ),
  }))
}

function mediansOf(scores: readonly (readonly ClickScore[])[]): Record<ClickWay, number> {
  const median = (w: number): number => {
    const sorted = scores.map((own) => own[w].milliseconds).sort((a, b) => a - b)
    return sorted[Math.floor(sorted.length / 2)]
  }
  return { frame: median(0), 'frame, colours alone': median(1), clip: median(2) }
}
