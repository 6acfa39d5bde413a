/**
 * Large arrays that one clip after the other uses: making them anew for each takes longer than what is
 * computed in them. They hold what was left in them.
 */
export class Memory {
  private readonly floats = new Map<string, Float32Array>()
  private readonly bytes = new Map<string, Uint8Array>()

  /** @returns an array for one use, named by it */
  float(use: string, length: number): Float32Array {
    return this.of(this.floats, use, length, (needed) => new Float32Array(needed))
  }

  byte(use: string, length: number): Uint8Array {
    return this.of(this.bytes, use, length, (needed) => new Uint8Array(needed))
  }

  private of<Values extends Float32Array | Uint8Array>(
    all: Map<string, Values>,
    use: string,
    length: number,
    make: (length: number) => Values,
  ): Values {
    let values = all.get(use)
    if (!values || values.length < length) {
      values = make(length)
      all.set(use, values)
    }
    return values.length === length ? values : (values.subarray(0, length) as Values)
  }
}
