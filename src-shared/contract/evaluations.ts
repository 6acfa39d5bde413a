import { z } from 'zod'
import type { EvaluationSettings } from '../config/evaluation-settings.ts'
import { PROTOCOLS, type Protocol } from '../tasks/index.ts'
import { metricPointSchema, progressSchema, runStatusSchema, settingSchema } from './runs.ts'

export const protocolSchema = z.enum(PROTOCOLS)
export type { Protocol }

export const evaluationResultSchema = z.object({
  /** By name, in [0, 1]: top1, top5 (of videos), clipTop1, or R@1, R@5, R@10, R@20, R@50. */
  scores: z.record(z.string(), z.number()),
  /**
   * 95 % intervals over the test videos of scores that are no shares of them, such as a difference or a
   * mean. Wilson's interval of a share follows from the score itself. Older results have none.
   */
  intervals: z.record(z.string(), z.tuple([z.number(), z.number()])).optional(),
  /**
   * Scores of each draw of labels, by name, where labels were drawn several times: `scores` are their
   * means, and what is told of single videos and classes is that of the first draw.
   */
  draws: z.record(z.string(), z.array(z.number())).optional(),
  /** How many classes there are; their names are in the detail. */
  classCount: z.number().int(),
  trainVideos: z.number().int(),
  testVideos: z.number().int(),
  seconds: z.number(),
})
export type EvaluationResult = z.infer<typeof evaluationResultSchema>

/** A result as the trainer measures it and as it is stored: with the names of all classes. */
export interface MeasuredResult extends Omit<EvaluationResult, 'classCount'> {
  classes: string[]
}

/**
 * The confusion matrix, sparse: true class, predicted class (of the nearest neighbour for
 * retrieval), how often; and the next three numbers.
 */
const confusionTriples = z.array(z.number().int())

/** What a result says in detail, fetched apart from the list. */
export const evaluationDetailSchema = z.object({
  /** Names of the classes; an answer's label counts from 0 here. */
  classes: z.array(z.string()),
  confusion: confusionTriples,
  /** One a class, in the order of `classes`. */
  perClass: z.array(z.object({ videos: z.number().int(), correct: z.number().int() })),
})
export type EvaluationDetail = z.infer<typeof evaluationDetailSchema>

/** A detail as the trainer measures it and as it is stored: beside a result, which has the names. */
export type MeasuredDetail = Omit<EvaluationDetail, 'classes'>

/** What a running evaluation knows so far of the test videos that are done. */
export const partialResultSchema = z.object({
  /** Test videos. */
  done: z.number().int(),
  total: z.number().int(),
  scores: z.record(z.string(), z.number()),
  /** 95 % interval of each score (Wilson). */
  intervals: z.record(z.string(), z.tuple([z.number(), z.number()])),
  confusion: confusionTriples,
})
export type PartialResult = z.infer<typeof partialResultSchema>

/** Scores after so many videos; together the points show how the scores settled. */
const tracePointSchema = partialResultSchema.omit({ confusion: true })
export type TracePoint = z.infer<typeof tracePointSchema>

/** What a protocol may take from the encoder's own training. */
const ownTrainingSchema = z.object({
  /** Least and largest share of the frame's area that a random crop takes. */
  cropScaleMin: z.number(),
  cropScaleMax: z.number(),
  /** Probability of a flip. */
  flip: z.number(),
  /** How FAME's masks are made. */
  variant: z.string(),
  beta: z.number(),
  /** What the clips of its networks are made of, those of `encoder` first. */
  streams: z.array(z.enum(['rgb', 'flow'])),
})
export type OwnTraining = z.infer<typeof ownTrainingSchema>

export const evaluationSchema = z.object({
  id: z.number().int(),
  /** null: a randomly initialised encoder. */
  runId: z.number().int().nullable(),
  /** With the stream behind it, where the run has more than one. */
  runName: z.string(),
  datasetId: z.number().int(),
  protocol: protocolSchema,
  /** Whole: what was not asked for stands at its default. */
  settings: z.custom<EvaluationSettings>(),
  training: ownTrainingSchema,
  /** Evaluations of several split lists that were started together share one. */
  group: z.string().nullable(),
  status: runStatusSchema,
  result: evaluationResultSchema.nullable(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  error: z.string().nullable(),
  /** Where it stands in the queue, runs included: the least goes first. */
  place: z.number(),
})
export type Evaluation = z.infer<typeof evaluationSchema>

export const startEvaluationSchema = z.object({
  /** A run's id, or null for a randomly initialised encoder of `preset`'s shape. */
  runId: z.number().int().nullable(),
  preset: z.string().optional(),
  /** Settings of that encoder that differ from the preset's. */
  values: z.record(z.string(), settingSchema).optional(),
  datasetId: z.number().int().optional(),
  protocol: protocolSchema,
  /** Settings that differ from the protocol's defaults. */
  settings: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).default({}),
})
export type StartEvaluation = z.input<typeof startEvaluationSchema>

export const evaluationEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('evaluation'), evaluation: evaluationSchema }),
  z.object({ type: z.literal('progress'), progress: progressSchema }),
  z.object({ type: z.literal('metrics'), points: z.array(metricPointSchema) }),
  /** What `partial` said before the subscription. */
  z.object({ type: z.literal('trace'), trace: z.array(tracePointSchema) }),
  z.object({ type: z.literal('partial'), partial: partialResultSchema }),
  z.object({ type: z.literal('warning'), message: z.string() }),
])
export type EvaluationEvent = z.infer<typeof evaluationEventSchema>

export const predictionsRequestSchema = z.object({
  id: z.number().int(),
  /** Index of the true class. */
  truth: z.number().int().min(0).optional(),
  /** Index of the best-scored class, or of the nearest neighbour's. */
  predicted: z.number().int().min(0).optional(),
  wrongOnly: z.boolean().default(false),
  /** As indexed; the surest first; the surest mistakes first. */
  order: z.enum(['index', 'confidence', 'worst']).default('index'),
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(200).default(50),
})
/** Which predictions, without the pages. */
export const answersRequestSchema = predictionsRequestSchema.omit({ offset: true, limit: true })
export type AnswersRequest = z.input<typeof answersRequestSchema>

/** What was answered for many videos, in lists of one length. */
export interface Answers {
  videoId: number[]
  /** Index of the true class. */
  truth: number[]
  /** Index of the answer; -1 without one. */
  predicted: number[]
}

export type PredictionsRequest = z.input<typeof predictionsRequestSchema>

export const pairedRequestSchema = z.object({
  /** Such as `top1`. */
  score: z.string(),
  /** An evaluation, or those of several split lists, in their order. */
  best: z.array(z.number().int()).min(1).max(10),
  /** Each compared with `best`, likewise. */
  others: z.array(z.array(z.number().int()).min(1).max(10)).max(1000),
})
export type PairedRequest = z.infer<typeof pairedRequestSchema>

/** What was answered for one test video. */
export const predictionSchema = z.object({
  videoId: z.number().int(),
  /** Relative to the data set's folder. */
  path: z.string(),
  /** Index of its class. */
  truth: z.number().int(),
  /**
   * At most five classes, the best first; scores are probabilities, shares of the vote (knn), or the
   * cosine to the nearest video of the class (retrieval).
   */
  top: z.array(z.object({ label: z.number().int(), score: z.number() })),
  /** At most ten training videos, the nearest first; none where no neighbour is asked. */
  neighbours: z.array(
    z.object({
      videoId: z.number().int(),
      path: z.string(),
      label: z.number().int(),
      /** Cosine. */
      similarity: z.number(),
    }),
  ),
})
export type Prediction = z.infer<typeof predictionSchema>

export const predictionPageSchema = z.object({
  total: z.number().int(),
  rows: z.array(predictionSchema),
})
export type PredictionPage = z.infer<typeof predictionPageSchema>
