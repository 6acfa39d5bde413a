import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { clipStripSchema } from './clip-strip.ts'
import { methodPicturesSchema } from './method-pictures.ts'
import { curvesRequestSchema, curvesSchema, runValuesSchema } from './curves.ts'
import { minedEventSchema, minedRequestSchema } from './mined-positives.ts'
import { shownVideoSchema, viewsRequestSchema } from './drawn-views.ts'
import { doctorSchema } from './doctor.ts'
import { dryRunEventSchema, estimateEventSchema, runPlanSchema } from './estimates.ts'
import {
  answersRequestSchema,
  evaluationDetailSchema,
  evaluationEventSchema,
  evaluationSchema,
  predictionPageSchema,
  pairedRequestSchema,
  predictionsRequestSchema,
  startEvaluationSchema,
  type Answers,
} from './evaluations.ts'
import { indexRequestSchema } from './indexing.ts'
import {
  libraryFacetsSchema,
  libraryFilterSchema,
  libraryPageQuerySchema,
  libraryPageSchema,
  libraryViewSchema,
  relocationSchema,
  savedFilterSchema,
  tagEditSchema,
  tagHistorySchema,
  taggedVideoSchema,
  tagRequestSchema,
} from './library.ts'
import { maskContract } from './mask-contract.ts'
import { int32Schema } from './packed.ts'
import { completePathSchema, pathCompletionSchema } from './paths.ts'
import { removedDatasetSchema } from './mask-files.ts'
import { exportRunEventSchema, importRunEventSchema } from './run-folders.ts'
import { reproductionSchema } from './reproduction.ts'
import {
  runEventSchema,
  runNotesSchema,
  runSchema,
  startRunSchema,
  startSweepSchema,
} from './runs.ts'
import { trainingSetupSchema } from './training-setup.ts'
import {
  jobEventSchema,
  listedDatasetSchema,
  videoPageSchema,
  videoQuerySchema,
  videoSchema,
} from './videos.ts'

const byId = z.object({ id: z.number().int() })

/** Everything a window, a browser or a script may ask of the workbench. */
export const contract = {
  project: {
    info: oc.output(
      z.object({
        name: z.string(),
        folder: z.string(),
        host: z.enum(['electron', 'web', 'cli']),
        /** Address of the page that chooses among projects, from this one's; null where there is one alone. */
        chooser: z.string().nullable(),
      }),
    ),
    doctor: oc.output(doctorSchema),
    /** Brings the window to the front, where the host has one. */
    focus: oc.output(z.null()),
    /** What a path that is being typed may go on to, within the folders that the caller may use. */
    completePath: oc.input(completePathSchema).output(pathCompletionSchema),
  },
  /** TensorFlow on the machine of somebody who has installed a package. */
  trainingSetup: {
    state: oc.output(trainingSetupSchema),
    /** Begins, or goes on where the last one stopped. */
    start: oc.output(trainingSetupSchema),
    /** Ends it; what is done stays. */
    cancel: oc.output(trainingSetupSchema),
  },
  datasets: {
    list: oc.output(z.array(listedDatasetSchema)),
    /** Indexes a folder; ends after `done`. Leaving the stream cancels; what is indexed stays. */
    index: oc.input(indexRequestSchema).output(eventIterator(jobEventSchema)),
    /** Writes the sample set into the project's `sample` folder, then indexes it. */
    makeSample: oc.output(eventIterator(jobEventSchema)),
    /** Takes a data set out of the project, its masks into a file first; its own files stay. */
    remove: oc
      .input(byId.extend({ exports: z.boolean().default(true) }))
      .output(removedDatasetSchema),
    /** Follows a data set whose folder has moved. */
    relocate: oc.input(byId.extend({ folder: z.string().min(1) })).output(relocationSchema),
  },
  library: {
    get: oc.input(byId).output(taggedVideoSchema),
    page: oc.input(libraryPageQuerySchema).output(libraryPageSchema),
    /** Counts beside a filter. */
    facets: oc.input(libraryFilterSchema).output(libraryFacetsSchema),
    /** Ids of the videos from place `first` to `last` of a list, both included. */
    ids: oc
      .input(
        libraryViewSchema.extend({
          first: z.number().int().min(0).default(0),
          last: z.number().int().min(0).optional(),
        }),
      )
      .output(int32Schema),
    tag: oc.input(tagRequestSchema).output(tagEditSchema),
    /** The last edit of tags that stands is undone; null when there is none. */
    undo: oc.output(tagEditSchema.nullable()),
    redo: oc.output(tagEditSchema.nullable()),
    history: oc.output(tagHistorySchema),
  },
  savedFilters: {
    list: oc.output(z.array(savedFilterSchema)),
    /** Takes the place of one with the same name. */
    save: oc
      .input(z.object({ name: z.string().trim().min(1).max(60), view: libraryViewSchema }))
      .output(z.array(savedFilterSchema)),
    delete: oc.input(byId).output(z.array(savedFilterSchema)),
  },
  videos: {
    query: oc.input(videoQuerySchema).output(videoPageSchema),
    get: oc.input(byId).output(videoSchema),
    /** Shows the file in the system's file manager; only a window on this machine can. */
    reveal: oc.input(byId).output(z.null()),
  },
  masks: maskContract,
  runs: {
    list: oc.output(z.array(runSchema)),
    get: oc.input(byId).output(runSchema),
    start: oc.input(startRunSchema).output(runSchema),
    /** How long a run would be, and the last estimate for it; nothing is measured. */
    plan: oc.input(startRunSchema).output(runPlanSchema),
    /** Measures what a run would take; ends after `estimate`. Leaving the stream ends the trial. */
    estimate: oc.input(startRunSchema).output(eventIterator(estimateEventSchema)),
    /** Does once all that a run does, and says what stands against it; ends after `done`. */
    dryRun: oc.input(startRunSchema).output(eventIterator(dryRunEventSchema)),
    /** Queues every run of a sweep. */
    sweep: oc.input(startSweepSchema).output(z.array(runSchema)),
    stop: oc.input(byId).output(runSchema),
    /** Goes on from the checkpoint of a run that was stopped or has failed. */
    resume: oc.input(byId).output(runSchema),
    /** Stops a run, with a checkpoint, and puts it into the trash. */
    discard: oc.input(byId).output(runSchema),
    /** Queues a run with the settings of another, from the beginning. */
    startOver: oc.input(byId).output(runSchema),
    /** What is not as it was when a run was made. */
    reproduction: oc.input(byId).output(reproductionSchema),
    /** Queues a run again with its settings, its seed and its list of videos. */
    reproduce: oc.input(byId).output(runSchema),
    /** Asks for a checkpoint; the run keeps its place and waits until it is resumed. */
    pause: oc.input(byId).output(runSchema),
    /** Puts a waiting run before another, or at the end of the queue. */
    move: oc.input(byId.extend({ before: z.number().int().nullable() })).output(z.array(runSchema)),
    note: oc.input(byId.extend({ change: runNotesSchema.partial() })).output(runSchema),
    /** Puts runs that have ended into the trash, or takes them out. */
    trash: oc
      .input(z.object({ ids: z.array(z.number().int()).max(10_000), trashed: z.boolean() }))
      .output(z.array(runSchema)),
    /** Writes a run as a folder among the project's exports; ends after `done`. Leaving cancels. */
    export: oc.input(byId).output(eventIterator(exportRunEventSchema)),
    /** Takes such a folder in, whole or not at all; ends after `done`. Leaving cancels. */
    import: oc
      .input(z.object({ folder: z.string().trim().min(1) }))
      .output(eventIterator(importRunEventSchema)),
    /** Deletes what is in the trash for good. */
    emptyTrash: oc.output(z.array(runSchema)),
    /** The run, then whatever changes, with what it measures from now on. */
    watch: oc.input(byId).output(eventIterator(runEventSchema)),
    /** Clips of a batch as the run's encoder took them lately; null before its first step. */
    clipStrip: oc.input(byId).output(clipStripSchema.nullable()),
    /** Pictures that the run's method has made, by step. */
    pictures: oc.input(byId).output(z.array(methodPicturesSchema)),
    /** The clips of one video of a batch, as the run's loader makes them. */
    views: oc.input(viewsRequestSchema).output(shownVideoSchema),
    /** What a run's method takes as positives of a clip; ends after `mined`. Leaving ends the work. */
    mined: oc.input(minedRequestSchema).output(eventIterator(minedEventSchema)),
    /** What a run has measured, thinned for drawing. */
    curves: oc.input(curvesRequestSchema).output(curvesSchema),
    /** The last measured values of every run. */
    lastValues: oc.output(z.array(runValuesSchema)),
    /** All of it as comma-separated values, piece by piece. */
    csv: oc.input(byId).output(eventIterator(z.string())),
  },
  evaluations: {
    list: oc.output(z.array(evaluationSchema)),
    start: oc.input(startEvaluationSchema).output(evaluationSchema),
    /** Queues one for each of the data set's three split lists. */
    startSplits: oc.input(startEvaluationSchema).output(z.array(evaluationSchema)),
    stop: oc.input(byId).output(evaluationSchema),
    /** Queues one that was stopped or has failed again; features that are cached are used. */
    resume: oc.input(byId).output(evaluationSchema),
    /** Confusion and accuracy by class; null before there is a result. */
    detail: oc.input(byId).output(evaluationDetailSchema.nullable()),
    /** What was answered for the test videos; none where an evaluation has not kept it. */
    predictions: oc.input(predictionsRequestSchema).output(predictionPageSchema),
    /**
     * The same for all of them at once, without paths and neighbours. A hundred thousand of them come
     * from the host's own lists: looking at each takes too long.
     */
    answers: oc
      .input(answersRequestSchema)
      .output(z.custom<Answers>((answers) => typeof answers === 'object')),
    /**
     * McNemar's test on the same videos, a p value for each of `others`; null where answers were not
     * kept, videos differ, or the score is no matter of right and wrong.
     */
    paired: oc.input(pairedRequestSchema).output(z.array(z.number().nullable())),
    /**
     * What an explaining protocol has left, for `artefactSchema`; null where there is no such thing. It
     * is the text of a file: taking megabytes of it apart would hold the host up.
     */
    artefact: oc
      .input(byId.extend({ name: z.string().regex(/^[a-z0-9-]{1,40}$/) }))
      .output(z.string().nullable()),
    watch: oc.input(byId).output(eventIterator(evaluationEventSchema)),
    /** Results as one HTML page, piece by piece; without ids, of all that have one. */
    report: oc
      .input(z.object({ ids: z.array(z.number().int()).max(10_000).optional() }))
      .output(eventIterator(z.string())),
  },
}
export type Contract = typeof contract

export { pictures } from './pictures.ts'
