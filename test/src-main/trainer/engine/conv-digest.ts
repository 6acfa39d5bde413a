/** Prints a digest of convolutions and their gradients by the kernels, for comparison. */
import { createHash } from 'node:crypto'
import { loadEngine } from '#main/trainer/engine/load.ts'
import type { ConvGeometry } from '#main/trainer/engine/ops/conv-geometry.ts'
import { floatKernels } from '#main/trainer/engine/ops/float-conv.ts'
import type { AllOwnConv } from '#main/trainer/engine/ops/own-conv.ts'
import { pairKernels } from '#main/trainer/engine/ops/pair-conv.ts'
import { DType, sizeOf, type Tensor } from '#main/trainer/engine/tensor.ts'
import { Rng } from '#shared/random/rng.ts'

const volumes: ConvGeometry = {
  kernel: [3, 3, 3],
  stride: [1, 2, 2],
  padding: [
    [1, 1],
    [1, 1],
    [1, 1],
  ],
}

const engine = await loadEngine('float32')
const hash = createHash('sha256')
function digest(own: AllOwnConv, x: Tensor, dy: Tensor): void {
  for (const result of [own.forward(x), own.input(dy), own.filter(x, dy)]) {
    hash.update(engine.read(result))
  }
}
// Few sums over many positions, and many sums over few.
const cases = [
  { x: [2, 3, 60, 60, 24], dy: [2, 3, 30, 30, 32] },
  { x: [1, 2, 12, 12, 128], dy: [1, 2, 6, 6, 160] },
]
for (const { x: xShape, dy: dyShape } of cases) {
  engine.scope(() => {
    const noise = (shape: readonly number[], seed: number): Float32Array => {
      const rng = new Rng(seed)
      return Float32Array.from({ length: sizeOf(shape) }, () => rng.normal())
    }
    const wShape = [3, 3, 3, xShape[4], dyShape[4]]
    const x = engine.tensor(noise(xShape, 1), xShape)
    const w = engine.tensor(noise(wShape, 2), wShape)
    const dy = engine.tensor(noise(dyShape, 3), dyShape)
    digest(floatKernels(engine, x, w, volumes), x, dy)
    if (!engine.kernels.pairConv) return
    const [hx, hw, hdy] = [x, w, dy].map((tensor) => engine.cast(tensor, DType.bfloat16))
    digest(pairKernels(engine, hx, hw, volumes), hx, hdy)
  })
}
process.stdout.write(hash.digest('hex'), () => process.exit(0))
