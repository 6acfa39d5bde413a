import { Rng } from '#shared/random/rng.ts'

/** Gives the listed 32-bit integers in place of random ones, and fails when there are no more. */
export class ScriptedRng extends Rng {
  private readonly draws: number[]

  constructor(draws: number[]) {
    super(0)
    this.draws = [...draws]
  }

  get left(): number {
    return this.draws.length
  }

  override uint32(): number {
    const draw = this.draws.shift()
    if (draw === undefined) throw new Error('The script has no more draws.')
    return draw
  }
}
