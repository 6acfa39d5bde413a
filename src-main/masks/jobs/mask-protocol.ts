/** The jobs that a decoder process does for masks, beside those of decoding alone. */
import type { z } from 'zod'
import type { ClipWindow, MaskOrigin, MaskScore, TrueMask } from '#shared/contract/mask-windows.ts'
import type { CarriedMask } from '#shared/contract/propagation.ts'
import type {
  MaskLayer,
  maskRequestSchema,
  MaskSummary,
  planesRequestSchema,
} from '#shared/contract/masks.ts'
import type { MadeMask } from '../../store/mask-changes.ts'

/** Which clip, and how its mask is made. */
export type ClipMaskRequest = Omit<z.output<typeof maskRequestSchema>, 'videoId'>

/** A clip of a file. */
export type ClipPlace = Omit<ClipWindow, 'videoId'>

/** Which clip, and at what size its planes are made. */
export type PlanesRequest = Omit<z.output<typeof planesRequestSchema>, 'videoId'>

/** Some of a video's motion energy. */
export interface EnergyRun {
  values: number[]
  /** There are no more frames. */
  ended: boolean
  /** Some of what was decoded so far is damaged. */
  damaged: boolean
}

export interface MaskOutput {
  summary: Omit<MaskSummary, 'videoId'>
  /** PNG of each layer asked for. */
  layers: Partial<Record<MaskLayer, Uint8Array>>
  /** PNG of the mask of each frame, where the variant has some. */
  frames: Uint8Array[]
}

/** A mask to be carried along frames of a video. */
export interface CarryRequest {
  /** Numbers of frames in the order in which it is carried; the first is the one that it is of. */
  indices: number[]
  /** At the video's size, packed. */
  mask: Uint8Array
  /** Masks drawn by hand on some of the frames: from there on, they are carried. */
  fixed: { index: number; mask: Uint8Array }[]
}

declare module '../../video/decoder-protocol.ts' {
  interface DecoderJobs {
    mask: {
      input: { path: string; request: ClipMaskRequest; layers: MaskLayer[]; byFrame?: boolean }
      output: MaskOutput
    }
    /** The planes behind a clip's mask, as `encodePlanes` writes them. */
    planes: { input: { path: string; request: PlanesRequest }; output: Uint8Array }
    /** FAME's mask of a clip at the video's size. */
    'fame-mask': {
      input: { path: string; window: ClipPlace; origin: MaskOrigin }
      output: MadeMask
    }
    /** How sure FAME's mask of a clip is. */
    score: { input: { path: string; request: PlanesRequest }; output: MaskScore }
    /** The union of some frames of a gray mask video. */
    'true-mask': { input: { path: string; indices: number[] }; output: TrueMask }
    /** The masks of all frames but the first. */
    carry: { input: { path: string; request: CarryRequest }; output: CarriedMask[] }
    /** Motion energy from frame `from` on, as far as one gets in so many milliseconds. */
    energy: { input: { path: string; from: number; milliseconds: number }; output: EnergyRun }
  }
}
