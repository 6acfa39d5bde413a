import { cpus, loadavg } from 'node:os'
import { flowAlgorithms } from '#shared/flow/algorithms.ts'
import { greyOf } from '#shared/flow/grey.ts'
import { FLOW_ALGORITHMS, type FlowAlgorithmName } from '#shared/flow/names.ts'
import type { GreyImage } from '#shared/flow/field.ts'
import { movingScene } from './video/moving-scene.ts'

export interface FlowBenchRow {
  algorithm: FlowAlgorithmName
  pairs: number
  /** Processor time of a pair. */
  milliseconds: number
  /** Pairs for each second of processor time, which is that of one core. */
  pairsPerSecond: number
}

export interface FlowBench {
  rows: FlowBenchRow[]
  /** Pixels a side. */
  size: number
  cpu: string
  cores: number
  /** Processes that wanted to run on average over the last minute, when it began and ended. */
  load: [number, number]
  node: string
}

/** Pairs before the clock starts: the first calls run before their code is optimised. */
const WARM_UP = 10

/** Frames of the scene. */
const FRAMES = 32

/** Times flow between consecutive frames of a moving scene. */
export function benchFlow({ size, seconds }: { size: number; seconds: number }): FlowBench {
  const before = loadavg()[0]
  const frames = sceneOf(size)
  const rows = FLOW_ALGORITHMS.map((algorithm) => time(algorithm, frames, seconds))
  return {
    rows,
    size,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    load: [before, loadavg()[0]],
    node: process.versions.node,
  }
}

function time(
  algorithm: FlowAlgorithmName,
  frames: readonly GreyImage[],
  seconds: number,
): FlowBenchRow {
  const sequence = flowAlgorithms[algorithm]()
  let frame = 0
  // Forwards and backwards, so that no motion is greater than that of the scene.
  const period = 2 * frames.length - 2
  const next = (): void => {
    const at = frame++ % period
    sequence.next(frames[Math.min(at, period - at)])
  }
  for (let i = 0; i <= WARM_UP; i++) next()
  const from = process.cpuUsage()
  let pairs = 0
  let used = 0
  while (used < seconds * 1e6) {
    next()
    pairs++
    const { user, system } = process.cpuUsage(from)
    used = user + system
  }
  const milliseconds = used / pairs / 1000
  return { algorithm, pairs, milliseconds, pairsPerSecond: 1000 / milliseconds }
}

function sceneOf(size: number): GreyImage[] {
  const scene = { width: size, height: size, frames: FRAMES }
  return Array.from(movingScene(scene), (data) => greyOf({ data, width: size, height: size }))
}
