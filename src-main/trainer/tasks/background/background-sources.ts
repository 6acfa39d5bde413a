import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { TrainerVideo } from '../../process/messages.ts'

/** Videos that lend a test video their backgrounds. */
export interface Donors {
  /** Another video of its class; itself where there is none. */
  sameClass: TrainerVideo
  /** A video of another class, every other class being as likely. */
  swapped: TrainerVideo
}

const PURPOSE = 0x646f6e

/**
 * Draws the donors of every test video. Those of one depend on the seed and on its place alone, so
 * that evaluations of different encoders see the same pictures.
 * @throws Error where all lenders are of one class
 */
export function chooseDonors(
  subjects: readonly TrainerVideo[],
  lenders: readonly TrainerVideo[],
  seed: number,
): Donors[] {
  const byClass = Map.groupBy(lenders, ({ label }) => label)
  const labels = [...byClass.keys()].sort((a, b) => a - b)
  return subjects.map((subject, place) => {
    const rng = new Rng(deriveSeed(seed, PURPOSE, place))
    const kin = (byClass.get(subject.label) ?? []).filter(({ path }) => path !== subject.path)
    const others = labels.filter((label) => label !== subject.label)
    if (others.length === 0) {
      throw new Error(
        'Backgrounds are exchanged between classes, so the data set needs at least two classes.',
      )
    }
    const [own, strangers] = [kin, byClass.get(others[rng.int(others.length)])!]
    return {
      sameClass: own.length > 0 ? own[rng.int(own.length)] : subject,
      swapped: strangers[rng.int(strangers.length)],
    }
  })
}
