import type {
  CarriedByFeatures,
  PropagateEvent,
  PropagateRequest,
} from '#shared/contract/propagation.ts'
import { colourStream } from '#shared/methods/streams.ts'
import { RateMeter } from '../base/async/rate-meter.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import { checkCarried } from '../masks/check-carried.ts'
import { progress } from '../masks/propagate.ts'
import type { Trials } from '../runs/trials/trials.ts'
import type { Project } from '../store/project.ts'
import type { CarryJob } from '../trainer/process/messages.ts'

export interface FeaturePropagationOptions {
  project: Project
  trials: Pick<Trials, 'run'>
  /** Absolute path of an indexed video. @throws WorkbenchError when there is no such video. */
  fileOf: (videoId: number) => string
}

/** Carries masks along frames by the features of a run's encoder, in the trainer. */
export class FeaturePropagation {
  private readonly options: FeaturePropagationOptions

  constructor(options: FeaturePropagationOptions) {
    this.options = options
  }

  /**
   * Gives each frame as soon as it is made; nothing is stored. Ends after `done`, or without it when
   * `signal` aborts or the iteration is left, which ends the trainer.
   * @throws WorkbenchError when a mask does not fit the video, while the trainer is busy, and for a run
   *   whose encoder takes flow or that has no checkpoint
   */
  async *propagate(
    request: PropagateRequest,
    by: CarriedByFeatures,
    signal?: AbortSignal,
  ): AsyncGenerator<PropagateEvent, void, undefined> {
    const job = this.jobOf(request, by)
    const total = job.indices.length - 1
    const meter = new RateMeter()
    const news = this.options.trials.run(job, signal)
    let done = 0
    try {
      yield { type: 'progress', phase: 'starting', done, total, secondsLeft: null }
      for (;;) {
        const { value, done: hasEnded } = await news.next()
        if (hasEnded) {
          if (value.type === 'failed') throw new WorkbenchError(value.message)
          if (value.type === 'done') yield { type: 'done' }
          return
        }
        // From here on it is frames that take the time.
        if (value.type === 'engine') yield progress(meter, done, total)
        if (value.type !== 'carried') continue
        yield { type: 'frame', frame: request.from + value.place, ...value.carried }
        yield progress(meter, ++done, total)
      }
    } finally {
      await news.return({ type: 'stopped' })
    }
  }

  private jobOf(request: PropagateRequest, { runId, protocol }: CarriedByFeatures): CarryJob {
    const { project, fileOf } = this.options
    const { window, frame, from, to, mask, fixed } = request
    const { config, name } = project.store.runs.get(runId)
    if (!colourStream(config)) {
      throw new WorkbenchError(
        `The encoder of ${name} takes optical flow. Choose a run that takes colours.`,
      )
    }
    checkCarried(request, project.store.videos.get(window.videoId))
    return {
      kind: 'carry',
      folder: project.runFolder(runId),
      config,
      video: fileOf(window.videoId),
      protocol,
      indices: Array.from(
        { length: to - from + 1 },
        (_, place) => window.start + (from + place) * window.stride,
      ),
      from: frame - from,
      mask,
      fixed: fixed
        .filter((hand) => hand.frame >= from && hand.frame <= to)
        .map((hand) => ({ place: hand.frame - from, mask: hand.mask })),
    }
  }
}
