import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import {
  exportEventSchema,
  exportMasksSchema,
  importEventSchema,
  importMasksSchema,
} from './mask-files.ts'
import {
  betaScopeSchema,
  bulkDecisionSchema,
  clipWindowSchema,
  decideEventSchema,
  decideManyRequestSchema,
  decideRequestSchema,
  energyPieceSchema,
  maskEditResultSchema,
  maskEditSchema,
  maskStepSchema,
  maskWindowSchema,
  openMaskSchema,
  queuePageSchema,
  queueQuerySchema,
  scopedBetaSchema,
  surveyRequestSchema,
  trueMaskSchema,
  undoneBulkSchema,
} from './mask-windows.ts'
import { propagateEventSchema, propagateRequestSchema } from './propagation.ts'
import { jobEventSchema } from './videos.ts'

const ofWindow = z.object({ window: clipWindowSchema })
const ofVideo = z.object({ videoId: z.number().int() })

/** What may be asked about masks. */
export const maskContract = {
  /** A window with its pixels and its history; null where nothing was ever kept of it. */
  window: oc.input(clipWindowSchema).output(openMaskSchema.nullable()),
  /** The windows of a video that carry a mask or a decision. */
  windows: oc.input(ofVideo).output(z.array(maskWindowSchema)),
  /** On disk when it answers. */
  edit: oc.input(maskEditSchema).output(maskEditResultSchema),
  /** The last edit or decision on this window is undone; null when there is none. */
  undo: oc.input(ofWindow).output(maskStepSchema.nullable()),
  redo: oc.input(ofWindow).output(maskStepSchema.nullable()),
  /** The window as it is then; null where nothing is kept of it. */
  decide: oc.input(decideRequestSchema).output(openMaskSchema.nullable()),
  /** Decides on many windows; ends after `done`. */
  decideMany: oc.input(decideManyRequestSchema).output(eventIterator(decideEventSchema)),
  /** The decision on many windows that `undoBulk` would undo. */
  bulk: oc.output(bulkDecisionSchema.nullable()),
  undoBulk: oc.output(undoneBulkSchema.nullable()),
  betas: {
    list: oc.output(z.array(scopedBetaSchema)),
    /** Null takes it away. */
    set: oc
      .input(z.object({ of: betaScopeSchema, beta: scopedBetaSchema.shape.beta.nullable() }))
      .output(z.array(scopedBetaSchema)),
  },
  /** The union over the frames, of which one will do; null where the video has no true masks. */
  truth: oc
    .input(clipWindowSchema.extend({ frames: z.number().int().min(1).max(128) }))
    .output(trueMaskSchema.nullable()),
  /** The whole video's motion energy; leaving the stream stops it. */
  energy: oc.input(ofVideo).output(eventIterator(energyPieceSchema)),
  /** Proposes masks for other frames; nothing is stored. Leaving the stream cancels it. */
  propagate: oc.input(propagateRequestSchema).output(eventIterator(propagateEventSchema)),
  /** Scores windows for the queue; ends after `done`. Leaving the stream cancels; scores stay. */
  survey: oc.input(surveyRequestSchema).output(eventIterator(jobEventSchema)),
  /** Writes masks and decisions to a file; ends after `done`. Leaving the stream leaves no file. */
  export: oc.input(exportMasksSchema).output(eventIterator(exportEventSchema)),
  /** Tells what of a file fits, and takes it where asked to; ends after `done`. */
  import: oc.input(importMasksSchema).output(eventIterator(importEventSchema)),
  /** Windows by what deserves a look first. */
  queue: oc.input(queueQuerySchema).output(queuePageSchema),
}
