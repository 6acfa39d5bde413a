import type { VideoErrorKind } from '#shared/contract/videos.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

export type { VideoErrorKind }

/** A video that cannot be read as asked. The message states the fact and the remedy. */
export class VideoError extends WorkbenchError {
  override name = 'VideoError'
  readonly kind: VideoErrorKind

  constructor(kind: VideoErrorKind, message: string) {
    super(message)
    this.kind = kind
  }
}
