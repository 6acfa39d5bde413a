/** Entry of the process that runs checks of the self-test: it loads TensorFlow for those that need it. */
import { once } from 'node:events'
import type { Engine } from '../trainer/engine/engine.ts'
import { loadEngine } from '../trainer/engine/load.ts'
import { outcomeOf, SkipCheck, type Check } from './check.ts'
import { allChecks } from './checks/index.ts'
import type { FromSelftest, SelftestJob } from './messages.ts'

const engines = new Map<string, Promise<Engine>>()

/** The engine of a precision, loaded once. @throws SkipCheck where the device has no units for it */
async function engineOf(precision: NonNullable<Check['precision']>): Promise<Engine> {
  const loaded = engines.get(precision) ?? loadEngine(precision)
  engines.set(precision, loaded)
  const engine = await loaded
  const { tensorflow, device, deviceName, kernels } = engine.info
  send({ type: 'engine', engine: { tensorflow, device, deviceName, kernels } })
  if (engine.info.precision !== precision) {
    throw new SkipCheck(`This ${device} does not compute in ${precision}.`)
  }
  return engine
}

function send(message: FromSelftest): void {
  process.send?.(message)
}

const [{ ids }] = (await once(process, 'message')) as [SelftestJob]
for (const check of allChecks().filter(({ id }) => ids.includes(id))) {
  send({ type: 'started', id: check.id })
  const engine = (): Promise<Engine> => engineOf(check.precision ?? 'float32')
  send({ type: 'outcome', outcome: await outcomeOf(check, { engine }) })
}
process.disconnect()
