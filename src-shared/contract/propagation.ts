import { z } from 'zod'
import { propagationProtocols, type ProtocolName } from '../tracking/protocols.ts'
import { clipWindowSchema } from './mask-windows.ts'
import { uint8Schema } from './packed.ts'

const frameSchema = z.number().int().min(0).max(127)
/** Bytes of a packed mask. */
const MOST_MASK = 2 ** 20
const packedMaskSchema = uint8Schema.refine(
  ({ length }) => length > 0 && length <= MOST_MASK,
  'expected a mask as packed run lengths',
)

/** How labels are carried on by features: see `propagationProtocols`. */
export const PROTOCOL_NAMES = Object.keys(propagationProtocols) as [ProtocolName, ...ProtocolName[]]

/** What a mask is carried by. */
export const carriedBySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('flow') }),
  z.object({
    kind: z.literal('features'),
    /** Whose encoder, with its newest checkpoint, gives the features. */
    runId: z.number().int(),
    protocol: z.enum(PROTOCOL_NAMES),
  }),
])
export type CarriedBy = z.infer<typeof carriedBySchema>
export type CarriedByFeatures = Extract<CarriedBy, { kind: 'features' }>

/** A mask of one frame to be carried to other frames of its clip, in both directions. */
export const propagateRequestSchema = z
  .object({
    window: clipWindowSchema,
    /** Frame of the window that `mask` is of. */
    frame: frameSchema,
    /** [H, W] of the video, as `packRuns` packs it. */
    mask: packedMaskSchema,
    /** The first and the last frame that it is carried to. */
    from: frameSchema,
    to: frameSchema,
    /** Masks drawn by hand on other frames: from each of them on, it is the one that is carried. */
    fixed: z.array(z.object({ frame: frameSchema, mask: packedMaskSchema })).max(128),
    by: carriedBySchema,
  })
  .refine(({ window, frame, from, to }) => from <= frame && frame <= to && to < window.frames, {
    message: 'Expected from <= frame <= to within the clip.',
  })
export type PropagateRequest = z.infer<typeof propagateRequestSchema>

/** A mask as it was carried to a frame. */
const carriedMaskSchema = z.object({
  /** At the video's size, packed. */
  mask: uint8Schema,
  /** Share of the mask that the method is sure of, 0..1. */
  agreement: z.number(),
  /** IoU with the mask drawn by hand on this frame; null where there is none. */
  overlap: z.number().nullable(),
})
export type CarriedMask = z.infer<typeof carriedMaskSchema>

/** What a method proposes for one frame. */
export const proposedFrameSchema = carriedMaskSchema.extend({ frame: z.number().int() })
export type ProposedFrame = z.infer<typeof proposedFrameSchema>

export const propagateEventSchema = z.discriminatedUnion('type', [
  proposedFrameSchema.extend({ type: z.literal('frame') }),
  z.object({
    type: z.literal('progress'),
    /** While it is starting, no frame is being made yet. */
    phase: z.enum(['starting', 'carrying']),
    done: z.number().int(),
    total: z.number().int(),
    /** Null while it cannot be told. */
    secondsLeft: z.number().nullable(),
  }),
  z.object({ type: z.literal('done') }),
])
export type PropagateEvent = z.infer<typeof propagateEventSchema>
