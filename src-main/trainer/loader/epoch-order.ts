import { deriveSeed, Rng } from '#shared/random/rng.ts'

/** Which videos an epoch takes, in order. */
export interface EpochOrder {
  /** Positions in the list of videos. */
  videos: Uint32Array
  /** How often the same video came before in this epoch, place by place. */
  repeats: Uint32Array
}

/**
 * A random order of all videos; it begins again where it is too short.
 * @param count videos there are @param length places to fill
 */
export function shuffledOrder(seed: number, count: number, length: number): EpochOrder {
  const order = new Rng(seed).permutation(count)
  return {
    videos: Uint32Array.from({ length }, (_, place) => order[place % count]),
    repeats: Uint32Array.from({ length }, (_, place) => Math.floor(place / count)),
  }
}

/**
 * Every class equally often: round by round each class once, in a random order, with the next video
 * of its own random order, which is drawn again when it ends. Videos without a class are one class.
 * @param labels class of each video @param length places to fill
 */
export function balancedOrder(seed: number, labels: ArrayLike<number>, length: number): EpochOrder {
  const rng = new Rng(deriveSeed(seed, BALANCED))
  const classes = membersOf(labels).map((members) => new Deck(members, rng))
  const order = { videos: new Uint32Array(length), repeats: new Uint32Array(length) }
  for (let place = 0; place < length;) {
    for (const k of rng.permutation(classes.length)) {
      if (place === length) break
      order.videos[place] = classes[k].draw()
      order.repeats[place] = classes[k].rounds - 1
      place++
    }
  }
  return order
}

/** Tells its draws from those of the plain order. */
const BALANCED = 1

function membersOf(labels: ArrayLike<number>): number[][] {
  const members = new Map<number, number[]>()
  for (let i = 0; i < labels.length; i++) {
    const known = members.get(labels[i])
    if (known) known.push(i)
    else members.set(labels[i], [i])
  }
  return [...members.values()]
}

/** Gives its members one after another, shuffled again each round. */
class Deck {
  /** How often it was shuffled. */
  rounds = 0
  private readonly members: number[]
  private readonly rng: Rng
  private order = new Uint32Array()
  private next = 0

  constructor(members: number[], rng: Rng) {
    this.members = members
    this.rng = rng
  }

  draw(): number {
    if (this.next === this.order.length) {
      this.order = Uint32Array.from(this.rng.permutation(this.members.length))
      this.next = 0
      this.rounds++
    }
    return this.members[this.order[this.next++]]
  }
}
