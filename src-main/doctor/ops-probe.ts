/**
 * A short-lived process that loads TensorFlow and prints, as JSON, which kernels it has for the ops of
 * the engine. Exits with 1 and the reason on stderr where it cannot tell.
 */
import { loadEngine } from '../trainer/engine/load.ts'
import { engineOps } from '../trainer/engine/engine-ops.ts'
import { missingKernels, typesOn } from '../trainer/engine/missing-kernels.ts'
import { loadRegistry } from '../trainer/engine/registry.ts'

async function probe() {
  const { info } = await loadEngine('auto')
  const registry = loadRegistry()
  if (!registry) {
    throw new Error("The reader of TensorFlow's registry is not built. Run `npm run setup`.")
  }
  const { device } = info
  const ops = engineOps.flatMap(({ op, types, onCpu = {} }) =>
    Object.entries({ ...onCpu, ...types }).map(([attribute, used]) => ({
      op,
      attribute,
      used: [...used],
      cpu: typesOn(registry(op), 'CPU', attribute),
      gpu: typesOn(registry(op), 'GPU', attribute),
    })),
  )
  const missing = (['float32', 'bfloat16'] as const).map((precision) => ({
    precision,
    kernels: missingKernels(registry, device, precision),
  }))
  return { tensorflow: info.tensorflow, device, ops, missing }
}

try {
  process.stdout.write(`${JSON.stringify(await probe())}\n`)
  process.exit(0)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
