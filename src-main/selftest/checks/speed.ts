import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { fittingSize, presetOf } from '#shared/config/presets.ts'
import type { RecipeName } from '#shared/config/recipes.ts'
import { DEFAULT_METHOD } from '#shared/methods/index.ts'
import { graphicsProcessor } from '../../base/processes/hardware.ts'
import { createLearner } from '../../trainer/methods/index.ts'
import { parseGpuLoad } from '../../trainer/telemetry/gpu-meter.ts'
import { Training } from '../../trainer/training/training.ts'
import { SkipCheck, type Check, type CheckContext } from '../check.ts'
import type { Measured } from '../report.ts'
import { noiseViews, placeAt } from './methods.ts'

/** Steps that fetch memory and choose algorithms, and steps that are timed. */
const [WARM_UP, TIMED] = [2, 5]

/** Pretraining steps on noise, timed: small ones on every device, full-size ones on a GPU. */
export function speedChecks(precision: 'float32' | 'bfloat16'): Check[] {
  return (['sample', 'ucf101'] as const).map((recipe) => ({
    id: `speed/${recipe}/${precision}`,
    title: `Time of a step of the recipe ${recipe}`,
    precision,
    run: (context) => timeSteps(recipe, context),
  }))
}

async function timeSteps(
  recipe: RecipeName,
  context: CheckContext,
): Promise<Awaited<ReturnType<Check['run']>>> {
  const engine = await context.engine()
  const { device, precision } = engine.info
  if (recipe !== 'sample' && device === 'CPU') throw new SkipCheck('Only timed on a GPU.')
  const memory = (await graphicsProcessor())?.memory ?? null
  const size = fittingSize(device, memory)
  const preset = presetOf({ recipe, method: DEFAULT_METHOD, merge: 'query', size })
  const config = completeConfig({ ...preset.values, precision })
  const training = new Training(engine, createLearner(engine, config), config)
  const views = noiseViews(config, 0)
  const times: number[] = []
  const tensors: number[] = []
  try {
    for (let step = 0; step < WARM_UP + TIMED; step++) {
      const place = placeAt(config, step)
      const started = performance.now()
      training.accumulate(views, place)
      training.finishStep(config.lr)
      times.push((performance.now() - started) / 1e3)
      tensors.push(engine.tensorCount)
    }
  } finally {
    training.dispose()
  }
  const secondsPerStep = times.slice(WARM_UP).toSorted((a, b) => a - b)[TIMED >> 1]
  const clipsPerStep = config.batch * views.length
  const measured: Measured = {
    what: `${config.batch} videos of ${config.frames} x ${config.size} x ${config.size}, ${config.model}`,
    clipsPerStep,
    secondsPerStep,
    clipsPerSecond: clipsPerStep / secondsPerStep,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    gpuMemoryBytes: device === 'GPU' ? await gpuMemory() : null,
  }
  const left = tensors[tensors.length - 1] - tensors[WARM_UP]
  const what = `tensors that ${TIMED - 1} steps leave behind`
  return { findings: [{ what, error: left, limit: 0, detail: null }], measured }
}

/** Bytes in use on the first GPU; null where its driver does not tell. */
async function gpuMemory(): Promise<number | null> {
  const query = ['--query-gpu=utilization.gpu,memory.used', '--format=csv,noheader,nounits']
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: 20_000 })
    return parseGpuLoad(stdout.split('\n')[0]).gpuMemory ?? null
  } catch {
    return null
  }
}
