import { computeMask } from '#shared/fame/masker.ts'
import { largestDifference, type Check } from '../check.ts'
import { GOLDEN_BETAS, GOLDEN_NAMES, readGoldenClip } from '../golden.ts'
import type { Finding } from '../report.ts'

/** FAME's masks of the golden clips. */
export const maskChecks: readonly Check[] = GOLDEN_NAMES.map((name) => ({
  id: `masks/${name}`,
  title: `Masks of the clip ${name}`,
  precision: null,
  run: () => Promise.resolve({ findings: compareMasks(name) }),
}))

function compareMasks(name: (typeof GOLDEN_NAMES)[number]): Finding[] {
  const golden = readGoldenClip(name)
  const layers = computeMask(golden.clip, { beta: 0.5, variant: 'fame' })
  const masks = GOLDEN_BETAS.map((beta, i): Finding => {
    const { mask } = computeMask(golden.clip, { beta, variant: 'fame' })
    const apart = 1 - intersectionOverUnion(mask, golden.masks[i])
    return { what: `mask at β ${beta}, 1 - IoU`, error: apart, limit: 0.01, detail: null }
  })
  return [
    {
      what: 'seed region, largest difference',
      error: largestDifference(layers.seed, golden.seed),
      limit: 1e-4,
      detail: null,
    },
    {
      what: 'soft mask, largest difference',
      error: largestDifference(layers.soft, golden.soft),
      limit: 0.02,
      detail: null,
    },
    ...masks,
  ]
}

function intersectionOverUnion(a: Uint8Array, b: Uint8Array): number {
  let both = 0
  let either = 0
  a.forEach((value, i) => {
    both += value & b[i]
    either += value | b[i]
  })
  return both / either
}
