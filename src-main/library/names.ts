/** Gives names small numbers, so that columns hold numbers alone. */
export class Names {
  readonly all: string[] = []
  private readonly numbers = new Map<string, number>()

  /** The number of a name, a new one for a new name. */
  numberOf(name: string): number {
    const known = this.numbers.get(name)
    if (known !== undefined) return known
    this.numbers.set(name, this.all.length)
    return this.all.push(name) - 1
  }

  find(name: string): number | undefined {
    return this.numbers.get(name)
  }

  /** Where each name stands among all, by number; no name ('') comes last. */
  ranks(): Int32Array {
    const order = this.all
      .map((name, number) => ({ name, number }))
      .sort((a, b) => Number(a.name === '') - Number(b.name === '') || (a.name < b.name ? -1 : 1))
    const ranks = new Int32Array(this.all.length)
    order.forEach(({ number }, rank) => (ranks[number] = rank))
    return ranks
  }
}
