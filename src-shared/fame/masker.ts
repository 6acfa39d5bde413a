import type { MASK_VARIANTS } from '../views/merge-settings.ts'
import { chooseBeta, chooseBetaOr } from './adaptive-beta.ts'
import { estimateInEvenLight } from './camera/even-light.ts'
import type { CameraMotion } from './camera/motion.ts'
import { CompensatedChange } from './camera/compensated-change.ts'
import { GlobalMotion } from './camera/global-motion.ts'
import { checkClip, ClipError, type Clip } from './clip.ts'
import { ColourPosterior } from './colour-posterior.ts'
import { fameKernelSize, gaussianKernel, PlaneBlur } from './gaussian-blur.ts'
import { measureMotion, normaliseRange } from './motion.ts'
import { fillMotionPlane } from './motion-mask/motion-plane.ts'
import { MotionMasker } from './motion-mask/motion-masker.ts'
import { RankSelect } from './rank-select.ts'
import { fillCentredGaussian, fillGrid } from './variants.ts'

export type MaskVariant = (typeof MASK_VARIANTS)[number]

export interface MaskOptions {
  /** Part of the frame that the mask keeps as foreground, 0..1. */
  beta: number
  variant: MaskVariant
  /** Choose beta from the clip's soft mask instead (`chooseBeta`). Default false. */
  adaptive?: boolean
  /** Of the variant `fame`: keep the given beta where the soft mask does not tell one (`chooseBetaOr`). Default true. */
  fallback?: boolean
  /** Remove the camera's motion before differencing (`GlobalMotion`). Default false. */
  compensate?: boolean
  /**
   * Fit the camera's motion to the border of the frame where that explains the border better
   * (`BorderFit`); with `compensate`, and with the variant `motion`. Default true.
   */
  border?: boolean
  /** Take homographies for the camera's motion where they explain a clip better (`PerspectiveFit`). Default true. */
  perspective?: boolean
  /** Of the variant `motion`: see `MotionMaskOptions.noise`. Default true. */
  noise?: boolean
}

type CameraOptions = Pick<MaskOptions, 'compensate' | 'border' | 'perspective' | 'noise'>

/** Planes from which, without the clip, the masks of `fame`, `seed` and `grid` follow for any beta. */
export interface MaskPlanes {
  /** [H, W] f32, 0..3: mean over time of |frame difference| summed over RGB, not blurred. */
  change: Float32Array
  /** [H, W] f32, [0, 1]: where the clip moves. */
  seed: Float32Array
  /** [H, W] f32, [0, 1]: how likely each colour is foreground, not blurred. */
  posterior: Float32Array
  /** [H, W] f32, [0, 1]: what the mask is cut from. */
  soft: Float32Array
}

/** The planes with the camera's motion that was taken out. */
export interface FoundPlanes extends MaskPlanes {
  /** [T - 1], as `GlobalMotion.estimate` gives it; null for a camera at rest, and where it was not asked for. */
  camera: CameraMotion[] | null
}

export interface MaskLayers extends Omit<MaskPlanes, 'posterior'> {
  /** As in `MaskPlanes`; null but for `fame`. */
  posterior: Float32Array | null
  /** [H, W] u8: 1 foreground, 0 background. */
  mask: Uint8Array
  /** [T, H, W] u8: the foreground of each frame; null for variants with one mask a clip. */
  frames: Uint8Array | null
  /** The beta that the mask was cut at: the one asked for, or the one chosen. */
  beta: number
}

/**
 * Makes masks for clips of one height and width with buffers that are made once. The arrays it
 * returns are those buffers: they hold until the next call.
 */
export interface Masker {
  readonly height: number
  readonly width: number
  /**
   * The mask of one clip (Ding et al., CVPR 2022, section 3.2). Variants:
   * - `fame`: the int(beta*H*W) largest values of the colour posterior, blurred and min-max normalised
   * - `seed`: the int(beta*H*W) largest values of the seed region
   * - `gauss`: the int(beta*H*W) largest values of a 2-D Gaussian centred in the frame
   * - `grid`: of 4 x 4 cells the 8 with the largest seed sum; beta does not count
   * - `motion`: what moves by itself, frame by frame, and the union (`MotionMasker`); beta, adaptive and
   *   compensate do not count. Its soft mask is `fillMotionPlane`, its seed its change, min-max normalised
   *
   * Of equal values the one with the lower index is taken first, so masks of growing beta are nested.
   * @throws ClipError for a clip of another size, with fewer than two frames, or a beta outside [0, 1]
   */
  compute(clip: Clip, options: MaskOptions): MaskLayers
  /**
   * What `fame` computes of a clip before beta cuts it.
   * @throws ClipError for a clip of another size or with fewer than two frames
   */
  planes(clip: Clip, options?: Pick<MaskOptions, 'compensate'>): FoundPlanes
}

/**
 * @param height in pixels, at least 4
 * @param width in pixels, at least 4
 * @throws ClipError for a smaller frame
 */
export function createMasker(height: number, width: number): Masker {
  if (height < 4 || width < 4) {
    throw new ClipError(`Expected frames of at least 4 x 4 pixels, got ${height} x ${width}.`)
  }
  return new BufferedMasker(height, width)
}

/** The mask of one clip in arrays of its own; see `Masker.compute`. */
export function computeMask(clip: Clip, options: MaskOptions): MaskLayers {
  return createMasker(clip.height, clip.width).compute(clip, options)
}

class BufferedMasker implements Masker {
  readonly height: number
  readonly width: number
  private readonly change: Float32Array // [H, W]
  private readonly seed: Float32Array // [H, W]
  private readonly posterior: Float32Array // [H, W]
  private readonly soft: Float32Array // [H, W]
  private readonly mask: Uint8Array // [H, W]
  private readonly mean: Float32Array // [H, W, 3]
  private readonly kernel: Float64Array
  private readonly blur: PlaneBlur
  private readonly select = new RankSelect()
  private readonly colours: ColourPosterior
  /** Made when first asked for. */
  private mover: MotionMasker | null = null
  /** Made when first asked for. */
  private camera: { motion: GlobalMotion; change: CompensatedChange } | null = null

  constructor(height: number, width: number) {
    const pixels = height * width
    this.height = height
    this.width = width
    this.change = new Float32Array(pixels)
    this.seed = new Float32Array(pixels)
    this.posterior = new Float32Array(pixels)
    this.soft = new Float32Array(pixels)
    this.mask = new Uint8Array(pixels)
    this.mean = new Float32Array(pixels * 3)
    const taps = fameKernelSize(Math.min(height, width))
    this.kernel = gaussianKernel(taps, taps / 3)
    this.blur = new PlaneBlur(height, width)
    this.colours = new ColourPosterior(pixels, this.select)
  }

  compute(clip: Clip, options: MaskOptions): MaskLayers {
    this.check(clip)
    checkBeta(options.beta)
    const { change, seed, soft, mask, height, width } = this
    const { variant } = options
    if (variant === 'motion') return this.moving(clip, options)
    let { beta } = options
    this.fillSeed(clip, options)
    if (variant === 'grid') {
      fillGrid(seed, height, width, soft, mask)
    } else {
      this.fillSoft(variant)
      if (options.adaptive) {
        const mayKeep = variant === 'fame' && (options.fallback ?? true)
        beta = mayKeep ? chooseBetaOr(soft, seed, beta) : chooseBeta(soft)
      }
      this.select.largest(soft, Math.trunc(beta * height * width), mask)
    }
    const posterior = variant === 'fame' ? this.posterior : null
    return { change, seed, posterior, soft, mask, beta, frames: null }
  }

  private moving(clip: Clip, { border, perspective, noise }: CameraOptions): MaskLayers {
    this.mover ??= new MotionMasker(this.height, this.width)
    const { change, seed, soft } = this
    const found = this.mover.compute(clip, { border, perspective, noise })
    change.set(found.change)
    seed.set(change)
    normaliseRange(seed)
    fillMotionPlane(found.mask, found.frames, soft)
    const { mask, frames } = found
    const beta = mask.reduce((sum, value) => sum + value, 0) / mask.length
    return { change, seed, posterior: null, soft, mask, beta, frames }
  }

  planes(clip: Clip, options: Pick<MaskOptions, 'compensate'> = {}): FoundPlanes {
    this.check(clip)
    const camera = this.fillSeed(clip, options)
    this.fillSoft('fame')
    const { change, seed, posterior, soft } = this
    return { change, seed, posterior, soft, camera }
  }

  /** @returns the camera's motion that was taken out */
  private fillSeed(clip: Clip, options: CameraOptions): CameraMotion[] | null {
    const { change, seed } = this
    measureMotion(clip, change, this.mean)
    const camera = options.compensate ? this.compensate(clip, options) : null
    this.blur.apply(change, seed, this.kernel)
    normaliseRange(seed)
    return camera
  }

  private compensate(clip: Clip, { border, perspective }: CameraOptions): CameraMotion[] | null {
    const { height, width } = this
    this.camera ??= {
      motion: new GlobalMotion(height, width),
      change: new CompensatedChange(height * width),
    }
    const motions = estimateInEvenLight(this.camera.motion, clip, { border, perspective })
    if (motions) this.camera.change.measure(clip, motions, this.change)
    return motions
  }

  private fillSoft(variant: 'fame' | 'seed' | 'gauss'): void {
    const { seed, posterior, soft } = this
    if (variant === 'gauss') {
      fillCentredGaussian(this.height, this.width, soft)
    } else if (variant === 'seed') {
      soft.set(seed)
    } else {
      this.colours.compute(this.mean, seed, posterior)
      this.blur.apply(posterior, soft, this.kernel)
      normaliseRange(soft)
    }
  }

  private check(clip: Clip): void {
    checkClip(clip)
    if (clip.height !== this.height || clip.width !== this.width) {
      throw new ClipError(
        `This masker is for ${this.height} x ${this.width} pixels, the clip has ${clip.height} x ${clip.width}.`,
      )
    }
    if (clip.frames < 2) {
      throw new ClipError(
        `Expected at least 2 frames to see motion between, the clip has ${clip.frames}.`,
      )
    }
  }
}

function checkBeta(beta: number): void {
  if (!(beta >= 0 && beta <= 1)) throw new ClipError(`Expected beta in [0, 1], got ${beta}.`)
}
