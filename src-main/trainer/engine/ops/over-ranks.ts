import type { Engine } from '../engine.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import { sizeOf, type Tensor } from '../tensor.ts'

/**
 * Mean and variance of each channel over the rows of all processes, from those of this one. Each has as
 * many rows; the variances are those divided by the number of rows.
 * @param mean [C] @param variance [C]
 */
export function momentsOverRanks(
  engine: Engine,
  mean: Tensor,
  variance: Tensor,
): { mean: Tensor; variance: Tensor } {
  const { collective } = engine
  if (!collective) return { mean, variance }
  const { size } = collective
  const [channels] = mean.shape
  const all = collective.gather(engine.read(raw.concat(engine, [mean, variance], 0))) // [R, 2, C]
  const [means, variances] = [new Float32Array(channels), new Float32Array(channels)]
  for (let c = 0; c < channels; c++) {
    let centre = 0
    for (let rank = 0; rank < size; rank++) centre += all[2 * rank * channels + c]
    centre /= size
    let spread = 0
    for (let rank = 0; rank < size; rank++) {
      const at = 2 * rank * channels + c
      spread += all[at + channels] + (all[at] - centre) ** 2
    }
    means[c] = centre
    variances[c] = spread / size
  }
  return { mean: engine.tensor(means, [channels]), variance: engine.tensor(variances, [channels]) }
}

/** Mean and variance of each channel over rows [M, C] and those of the processes that share the batch. */
export function momentsOfBatch(engine: Engine, rows: Tensor): { mean: Tensor; variance: Tensor } {
  const mean = raw.mean(engine, rows, [0])
  const variance = raw.mean(engine, raw.squaredDifference(engine, rows, mean), [0])
  return momentsOverRanks(engine, mean, variance)
}

/** The mean of each number over all processes. */
export function meanOverRanks(engine: Engine, x: Tensor): Tensor {
  const { collective } = engine
  return collective ? raw.scale(engine, sumOverRanks(engine, x), 1 / collective.size) : x
}

function sumOverRanks(engine: Engine, x: Tensor): Tensor {
  const { collective } = engine
  if (!collective) return x
  const values = engine.read(x).slice()
  collective.sum(values)
  return engine.tensor(values, x.shape)
}

/**
 * What is drawn for each row of this process. It is drawn for the rows of all processes, in the order in
 * which one process would have them, so that each row gets the same however many there are.
 * @param rows V B, V groups of B rows
 */
export function drawRows<T>(engine: Engine, rows: number, draw: () => T, groups = 1): T[] {
  const { rank, size } = engine.collective ?? { rank: 0, size: 1 }
  const part = rows / groups
  const all = Array.from({ length: rows * size }, draw)
  return Array.from({ length: groups }, (_, group) => {
    const begin = (group * size + rank) * part
    return all.slice(begin, begin + part)
  }).flat()
}

/**
 * The rows of all processes: x [V B, ...], V groups of B rows, becomes [V N B, ...], in which each group
 * has the rows of rank 0, then those of rank 1, and so on, as one process would have them.
 * The gradient of a row is summed over the losses of all processes.
 * @param groups V: clips of a video that are one behind the other in x. Default 1
 */
export function gatherRows(tape: Tape, x: Tensor, groups = 1): Tensor {
  const { engine } = tape
  const { collective } = engine
  if (!collective) return x
  const { rank, size } = collective
  const part = sizeOf(x.shape) / groups // [B, ...]
  const from = collective.gather(engine.read(x)) // [N, V, B, ...]
  const to = new Float32Array(from.length) // [V, N, B, ...]
  for (let group = 0; group < groups; group++) {
    for (let of = 0; of < size; of++) {
      const begin = (of * groups + group) * part
      to.set(from.subarray(begin, begin + part), (group * size + of) * part)
    }
  }
  const y = engine.tensor(to, [x.shape[0] * size, ...x.shape.slice(1)])
  return tape.record(y, [x], [], (dy) => {
    const all = engine.read(sumOverRanks(engine, dy))
    const own = new Float32Array(groups * part)
    for (let group = 0; group < groups; group++) {
      const begin = (group * size + rank) * part
      own.set(all.subarray(begin, begin + part), group * part)
    }
    return [engine.tensor(own, x.shape)]
  })
}
