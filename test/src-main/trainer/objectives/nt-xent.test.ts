// @module-tag tensorflow
import { readFileSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { concatRows } from '#main/trainer/engine/ops/elementwise.ts'
import { normalizeRows } from '#main/trainer/engine/ops/normalize.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { ntXent } from '#main/trainer/objectives/nt-xent.ts'

const figures = JSON.parse(
  readFileSync(new URL('../../../fixtures/objectives/nt-xent.json', import.meta.url), 'utf8'),
) as { meanOver2N: number; gradientOfFirst: number[][] }
const [N, D] = [4, 8]

/** The rows z(offset) of the fixture, not yet at unit length. */
function rows(offset: number): Float32Array {
  return Float32Array.from({ length: N * D }, (_, at) =>
    Math.sin(0.7 * (at % D) + 2.1 * Math.floor(at / D) + offset),
  )
}

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

it("gives PyTorch's loss and gradient", () => {
  engine.scope(() => {
    const tape = new Tape(engine)
    const [first, second] = [0, 0.4].map((offset) => engine.tensor(rows(offset), [N, D]))
    tape.watch([first])
    const z = normalizeRows(tape, concatRows(tape, [first, second]))
    const { loss } = ntXent(tape, z, 0.1)
    expect(engine.read(loss)[0]).toBeCloseTo(figures.meanOver2N, 5)
    const sums = tape.backward(loss, engine.scalar(2))
    const gradient = [...engine.read(sums.get(first)!)]
    const expected = figures.gradientOfFirst.flat()
    gradient.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5))
  })
})

it('counts hits among clips of other videos, and their mean similarities', () => {
  engine.scope(() => {
    // Two videos: the clips of the first agree, those of the second point away from each other.
    const z = engine.tensor(Float32Array.of(1, 0, 0, 1, 1, 0, 0, -1), [4, 2])
    const measured = ntXent(new Tape(engine), z, 0.5)
    expect([...engine.read(measured.hits)]).toEqual([1, 0, 1, 0])
    expect(engine.read(measured.positive)[0]).toBeCloseTo((1 - 1 + 1 - 1) / 4, 6)
    expect(engine.read(measured.negative)[0]).toBeCloseTo(0, 6)
  })
})
