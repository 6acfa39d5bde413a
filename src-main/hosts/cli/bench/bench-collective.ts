import { Command } from 'commander'
import type { EncoderName } from '#shared/encoders/index.ts'
import { jsonOption, modelOption, realNumber, wholeNumber } from '../arguments.ts'
import { print, printJson, table } from '../output.ts'

interface CollectiveOptions {
  ranks: number
  model: EncoderName
  step: number
  cores: number
  json: boolean
}

/** Gbit/s, and seconds until a small message is at another machine, as such networks usually have. */
const NETWORKS = [
  { gigabits: 1, latency: 50e-6 },
  { gigabits: 10, latency: 20e-6 },
  { gigabits: 100, latency: 3e-6 },
]
const NODES = [2, 4, 8, 16, 32, 64]

export const collectiveBench = new Command('collective')
  .description(
    'time sums between processes over shared memory, and tell from them how a training would scale',
  )
  .option('--ranks <n>', 'number of processes', wholeNumber(2, 64), 2)
  .addOption(modelOption())
  .option('--step <s>', 'seconds of its step on one machine alone', realNumber(1e-3, 1e5), 1)
  .option('--cores <n>', 'cores of that machine', wholeNumber(1, 4096), 32)
  .addOption(jsonOption())
  .action(async ({ ranks, model, step: seconds, cores, json }: CollectiveOptions) => {
    const { benchExchange } = await import('../../../bench/collective/exchange.ts')
    const { costOf, efficiency, exchangedBy } = await import('../../../bench/collective/scaling.ts')
    const bench = await benchExchange(ranks)
    const step = { seconds, cores, ...exchangedBy(model) }
    const scaling = (['float32', 'bfloat16'] as const).flatMap((wire) =>
      NETWORKS.map((network) => {
        const own = costOf(bench.sums, wire)
        return { wire, ...network, efficiency: NODES.map((n) => efficiency(step, network, own, n)) }
      }),
    )
    if (json) return printJson({ ...bench, model, ...step, nodes: NODES, scaling })
    const short = (ms: number): number => Number(ms.toPrecision(3))
    const rows = bench.sums.map(({ length, waiting, float32, bfloat16 }) => [
      length,
      ...[waiting, float32, bfloat16].map(short),
    ])
    print(table(['values', 'sum, ms', 'float32, ms', 'bfloat16, ms'], rows))
    print(
      `${ranks} processes, ${bench.threads} threads each, ${bench.cpu}, load ${bench.load.toFixed(1)}`,
    )
    const curve = scaling.map(({ wire, gigabits, efficiency: values }) => [
      `${wire}, ${gigabits} Gbit/s`,
      ...values.map((value) => Number(value.toFixed(3))),
    ])
    print(table(['efficiency by machines', ...NODES.map(String)], curve))
    print(
      `${model}: ${step.gradient} values of gradient, ${step.sums} small sums, ${seconds} s a step on ${cores} cores`,
    )
  })
