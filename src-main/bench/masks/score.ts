import { chooseBeta, chooseBetaOr } from '#shared/fame/adaptive-beta.ts'
import { createMasker, type MaskPlanes, type MaskVariant } from '#shared/fame/masker.ts'
import { RankSelect } from '#shared/fame/rank-select.ts'
import { fillCentredGaussian, fillGrid } from '#shared/fame/variants.ts'
import { unionOf, type LabelledClip } from './labelled-clip.ts'

export const BETAS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7] as const

/** How a mask was made. */
export interface MaskKind {
  variant: MaskVariant
  /** Null where beta does not count. */
  beta: number | 'adaptive' | null
  compensated: boolean
}

/** How one mask fits the truth; all in [0, 1]. */
export interface MaskFit {
  iou: number
  /** Part of the mask that is foreground. */
  precision: number
  /** Part of the foreground that the mask has. */
  recall: number
  /** Part of the frame that the mask keeps. */
  area: number
}

export interface ClipScore {
  masks: (MaskKind & MaskFit)[]
  /** Part of the frame that is foreground. */
  truth: number
  /** Whether compensation found the camera to move. */
  cameraFound: boolean
}

/** Holds every kind of mask of a clip against the union of its true masks. */
export function scoreClip(labelled: LabelledClip): ClipScore {
  const { clip } = labelled
  const union = unionOf(labelled)
  const masker = createMasker(clip.height, clip.width)
  const masks: ClipScore['masks'] = []
  const add = (kind: MaskKind, mask: Uint8Array): void => {
    masks.push({ ...kind, ...fitOf(mask, union) })
  }
  const plain = structuredClone(masker.planes(clip))
  const compensated = masker.planes(clip, { compensate: true })
  const { height, width } = clip
  for (const planes of [plain, compensated]) {
    addMoving(planes, height, width, planes === compensated, add)
  }
  addGauss(height, width, add)
  const cameraFound = compensated.change.some((value, i) => value !== plain.change[i])
  const { mask: moving } = masker.compute(clip, { variant: 'motion', beta: 0.5 })
  add({ variant: 'motion', beta: null, compensated: false }, moving)
  const foreground = union.reduce((sum, value) => sum + value, 0)
  return { masks, truth: foreground / union.length, cameraFound }
}

type Add = (kind: MaskKind, mask: Uint8Array) => void

/** The variant that no motion changes, and that has nothing to choose beta from. */
function addGauss(height: number, width: number, add: Add): void {
  const soft = new Float32Array(height * width)
  fillCentredGaussian(height, width, soft)
  for (const beta of BETAS) {
    add({ variant: 'gauss', beta, compensated: false }, cut(soft, beta))
  }
}

function addMoving(
  planes: MaskPlanes,
  height: number,
  width: number,
  compensated: boolean,
  add: Add,
): void {
  const softs = { fame: planes.soft, seed: planes.seed }
  for (const variant of ['fame', 'seed'] as const) {
    const soft = softs[variant]
    for (const beta of BETAS) add({ variant, beta, compensated }, cut(soft, beta))
    const chosen = variant === 'fame' ? chooseBetaOr(soft, planes.seed, 0.5) : chooseBeta(soft)
    add({ variant, beta: 'adaptive', compensated }, cut(soft, chosen))
  }
  const mask = new Uint8Array(height * width)
  fillGrid(planes.seed, height, width, new Float32Array(height * width), mask)
  add({ variant: 'grid', beta: null, compensated }, mask)
}

const select = new RankSelect()

function cut(soft: Float32Array, beta: number): Uint8Array {
  const mask = new Uint8Array(soft.length)
  select.largest(soft, Math.trunc(beta * soft.length), mask)
  return mask
}

/** How a mask [H, W] fits the true one. */
export function fitOf(mask: Uint8Array, truth: Uint8Array): MaskFit {
  let both = 0
  let kept = 0
  let foreground = 0
  for (let i = 0; i < mask.length; i++) {
    both += mask[i] & truth[i]
    kept += mask[i]
    foreground += truth[i]
  }
  // What is empty has nothing wrong in it.
  const part = (of: number): number => (of === 0 ? 1 : both / of)
  return {
    iou: part(kept + foreground - both),
    precision: part(kept),
    recall: part(foreground),
    area: kept / mask.length,
  }
}
