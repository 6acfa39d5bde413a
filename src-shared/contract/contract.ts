import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { doctorSchema } from './doctor.ts'
import { evaluationEventSchema, evaluationSchema, startEvaluationSchema } from './evaluations.ts'
import { maskRequestSchema, maskSummarySchema } from './masks.ts'
import { runEventSchema, runSchema, startRunSchema } from './runs.ts'
import {
  datasetFormatSchema,
  datasetSchema,
  jobEventSchema,
  videoPageSchema,
  videoQuerySchema,
  videoSchema,
} from './videos.ts'

const byId = z.object({ id: z.number().int() })

/** Everything a window, a browser or a script may ask of the workbench. */
export const contract = {
  project: {
    info: oc.output(
      z.object({ name: z.string(), folder: z.string(), host: z.enum(['electron', 'web', 'cli']) }),
    ),
    doctor: oc.output(doctorSchema),
  },
  datasets: {
    list: oc.output(z.array(datasetSchema)),
    /** Indexes a folder; ends after `done`. Leaving the stream cancels; what is indexed stays. */
    index: oc
      .input(z.object({ folder: z.string().min(1), format: datasetFormatSchema }))
      .output(eventIterator(jobEventSchema)),
    /** Writes the sample set into the project's `sample` folder, then indexes it. */
    makeSample: oc.output(eventIterator(jobEventSchema)),
  },
  videos: {
    query: oc.input(videoQuerySchema).output(videoPageSchema),
    get: oc.input(byId).output(videoSchema),
  },
  masks: {
    summary: oc.input(maskRequestSchema).output(maskSummarySchema),
  },
  runs: {
    list: oc.output(z.array(runSchema)),
    get: oc.input(byId).output(runSchema),
    start: oc.input(startRunSchema).output(runSchema),
    stop: oc.input(byId).output(runSchema),
    /** Goes on from the checkpoint of a run that was stopped or has failed. */
    resume: oc.input(byId).output(runSchema),
    watch: oc.input(byId).output(eventIterator(runEventSchema)),
  },
  evaluations: {
    list: oc.output(z.array(evaluationSchema)),
    start: oc.input(startEvaluationSchema).output(evaluationSchema),
    stop: oc.input(byId).output(evaluationSchema),
    watch: oc.input(byId).output(eventIterator(evaluationEventSchema)),
  },
}
export type Contract = typeof contract

export { pictures } from './pictures.ts'
