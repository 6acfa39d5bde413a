import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { installationFolder } from '../base/processes/installation.ts'
import { nodeBinary } from '../base/processes/node-binary.ts'

/** What `scripts/plan.mjs` prints; set-up's own code makes it. */
const planSchema = z.object({
  wheels: z.array(
    z.object({
      requirement: z.string(),
      libraries: z.array(z.string()),
      why: z.string(),
      version: z.string().nullable(),
      file: z.string().nullable(),
      sha256: z.string().nullable(),
      from: z.enum(['workbench', 'index']).nullable(),
    }),
  ),
  requirements: z.enum(['wheel', 'recorded']),
  trouble: z.string().nullable(),
})
export type CudaPlan = z.infer<typeof planSchema>

/** Every wheel that set-up would fetch for CUDA; asks the package index and fetches nothing else. */
export async function planCuda(): Promise<CudaPlan> {
  const script = join(installationFolder(), 'scripts', 'plan.mjs')
  const { stdout } = await promisify(execFile)(nodeBinary(), [script], { timeout: 1_800_000 })
  return planSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''))
}

/** The plan in lines for a terminal. */
export function planText({ wheels, requirements, trouble }: CudaPlan): string {
  const lines = wheels.map(({ requirement, libraries, why, version, file, sha256, from }) => {
    const vouched =
      from === 'workbench' ? 'pinned by the workbench' : 'stated by the index, not pinned'
    const fetched =
      version === null
        ? '  version and hash: unknown, since the package index did not answer'
        : `  ${file}\n  sha256 ${sha256 ?? 'not stated'}${sha256 ? ` (${vouched})` : ''}`
    return `${requirement}\n${fetched}\n  ${libraries.join(', ')}: ${why}`
  })
  const source =
    requirements === 'wheel'
      ? "The requirements are those that TensorFlow's wheel declares."
      : `The requirements are those recorded for this version of TensorFlow. ${trouble ?? ''}`
  return [...lines, source.trim()].join('\n')
}
