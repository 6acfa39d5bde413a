/** What is kept of one test video: a line of `predictions.jsonl`. Labels are indices of classes. */
export interface PredictionLine {
  /** In the index. */
  video: number
  truth: number
  /** The best first: class and score. */
  top: [label: number, score: number][]
  /** The nearest first: training video, its class, cosine. */
  near?: [video: number, label: number, similarity: number][]
  /** The best class under each condition, where a task tests a video under several. */
  answers?: Record<string, number>
  /** Class of the video whose background stands behind this one in the condition `swapped`. */
  lent?: number
}
