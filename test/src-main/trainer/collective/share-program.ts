/** Every rank trains its part of the same batches. Argument: configurations and their steps, as JSON. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MpiCollective } from '../../../../src-main/trainer/collective/mpi/mpi-collective.ts'
import { loadEngine } from '../../../../src-main/trainer/engine/load.ts'
import type { AnyConfig } from '../../../../src-shared/methods/method.ts'
import { trainShared } from './share-run.ts'

const trainings = JSON.parse(process.argv[2]) as [AnyConfig, number][]
const engine = await loadEngine('float32')
const collective = await MpiCollective.open()
engine.join(collective)
const { rank, size } = collective
const runs = trainings.map(([config, steps]) => trainShared(engine, config, steps, { rank, size }))
await collective.close()
writeFileSync(join(process.env.ANSWERS ?? '', `${rank}.json`), JSON.stringify(runs))
process.exit(0)
