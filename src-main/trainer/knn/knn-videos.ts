import { relative } from 'node:path'
import { heldOut } from '#shared/random/held-out.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { TrainerVideo } from '../process/messages.ts'

/** Labelled training videos whose features are compared. No test video is among them. */
export interface KnnVideos {
  /** Their labels vote. */
  bank: TrainerVideo[]
  /** Their classes are predicted. */
  queries: TrainerVideo[]
}

/** At most so many videos, so that a measurement costs a few forward passes. */
export const MOST = { bank: 400, queries: 100 } as const

/** The same for all runs on a data set, whatever their seed, so that their curves can be compared. */
const SEED = 1

/**
 * Draws what the k-NN curve is measured on from the training videos: queries from those that
 * validation holds out (evaluations draw the same ones by default), the bank from the rest, as
 * evenly over classes as they allow.
 * @param root folder of the data set, absolute
 * @returns null where fewer than two classes have videos for both
 */
export function drawKnnVideos(videos: readonly TrainerVideo[], root: string): KnnVideos | null {
  const classes = Map.groupBy(
    videos.filter(({ label }) => label >= 0),
    ({ label }) => label,
  )
  const bank: TrainerVideo[][] = []
  const queries: TrainerVideo[][] = []
  for (const [label, own] of [...classes].sort(([a], [b]) => a - b)) {
    const pathOf = ({ path }: TrainerVideo): string => relative(root, path)
    const held = heldOut(own.map(pathOf), SEED)
    const order = new Rng(deriveSeed(SEED, 0x6b6e6e, label)).permutation(own.length)
    const shuffled = [...order].map((i) => own[i])
    const [asked, voting] = [true, false].map((isHeld) =>
      shuffled.filter((video) => held.has(pathOf(video)) === isHeld),
    )
    if (asked.length === 0) continue
    queries.push(asked)
    bank.push(voting)
  }
  if (queries.length < 2) return null
  return { bank: inTurn(bank, MOST.bank), queries: inTurn(queries, MOST.queries) }
}

/** One of each list, then a second of each, until there are enough. */
function inTurn<T>(lists: readonly (readonly T[])[], most: number): T[] {
  const taken: T[] = []
  const longest = Math.max(...lists.map(({ length }) => length))
  for (let i = 0; i < longest; i++) {
    for (const list of lists) {
      if (i < list.length && taken.length < most) taken.push(list[i])
    }
  }
  return taken
}
