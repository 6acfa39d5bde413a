import { DIS_MEDIUM, disFlow, disFrame } from '../../flow/dis/dis.ts'
import { greyOf } from '../../flow/grey.ts'
import type { FlowField } from '../../flow/field.ts'
import { doubtUnlike } from './look-alike.ts'
import { objectShift } from './object-motion.ts'
import { refineMask } from './refine.ts'
import { agreementOf } from './agreement.ts'
import { betterOf } from './two-motions.ts'
import { warpMask } from './warp.ts'

/** One frame at the size that masks are carried at. */
export interface CarrierFrame {
  width: number
  height: number
  /** [H, W, 3] RGB bytes. */
  rgb: Uint8Array
}

/** Pixels of the short side that masks are carried at; a smaller video keeps its size. */
export const CARRIER_SIZE = 192

export function carrierSize({ width, height }: { width: number; height: number }) {
  const scale = Math.min(1, CARRIER_SIZE / Math.min(width, height))
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}

/** What a frame's mask became. */
export interface CarriedFrame {
  /** [H, W] in [0, 1]; foreground above 0.5. */
  soft: Float32Array
  /** Share of the mask's pixels that the carrier is sure of, 0..1. */
  agreement: number
}

/**
 * Carries a mask from frame to frame by optical flow (DIS), in either direction of time. Where a shift
 * of the whole object explains the picture better than flow does, that is taken; where flow there and
 * back disagree or the picture looks otherwise, colours decide.
 */
export class FlowCarrier {
  private before: ReturnType<typeof analysed>
  private soft: Float32Array

  /** @param soft mask of the first frame, [H, W] in [0, 1] */
  constructor(frame: CarrierFrame, soft: Float32Array) {
    this.before = analysed(frame)
    this.soft = soft
  }

  /** The mask of the next frame. */
  next(frame: CarrierFrame): CarriedFrame {
    const now = analysed(frame)
    const back = disFlow(now.pyramid, this.before.pyramid, DIS_MEDIUM)
    const there = disFlow(this.before.pyramid, now.pyramid, DIS_MEDIUM)
    const { field, isShifted } = this.motionBack(back, frame)
    const carried = warpMask(this.soft, field, there)
    for (let i = 0; i < isShifted.length; i++) carried.sure[i] |= isShifted[i]
    doubtUnlike(carried.sure, field, this.before.frame, frame)
    const soft = refineMask(carried, frame)
    this.before = now
    this.soft = soft
    return { soft, agreement: agreementOf(soft, carried.sure) }
  }

  /** Flow back, or the shift of the object where that fits better. */
  private motionBack(
    back: FlowField,
    frame: CarrierFrame,
  ): { field: FlowField; isShifted: Uint8Array } {
    const shift = objectShift(this.before.frame, frame, this.soft)
    const pixels = back.u.length
    if (!shift) return { field: back, isShifted: new Uint8Array(pixels) }
    const u = new Float32Array(pixels).fill(-shift.u)
    const v = new Float32Array(pixels).fill(-shift.v)
    const { field, isSecond } = betterOf(back, { ...back, u, v }, this.before.frame, frame)
    return { field, isShifted: isSecond }
  }

  /** Goes on from a mask that somebody drew on the last frame. */
  correct(soft: Float32Array): void {
    this.soft = soft
  }
}

function analysed(frame: CarrierFrame) {
  const { width, height, rgb } = frame
  return { frame, pyramid: disFrame(greyOf({ data: rgb, width, height }), DIS_MEDIUM) }
}
