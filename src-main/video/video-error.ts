import { WorkbenchError } from '../store/workbench-error.ts'

/** What is wrong with a video, for code that must tell one from another. */
export type VideoErrorKind =
  /** No such file, no permission, or a folder. */
  | 'unreadable'
  | 'empty'
  /** Not a container that FFmpeg knows, or cut off before its header ended. */
  | 'not-video'
  | 'no-video-stream'
  | 'unsupported-codec'
  /** The container is fine and not one frame could be decoded. */
  | 'no-frame'
  | 'out-of-range'
  /** The decoder process died, took too long, was told to stop, or has too much to do. */
  | 'crashed'
  | 'timeout'
  | 'cancelled'
  | 'busy'

/** A video that cannot be read as asked. The message states the fact and the remedy. */
export class VideoError extends WorkbenchError {
  override name = 'VideoError'
  readonly kind: VideoErrorKind

  constructor(kind: VideoErrorKind, message: string) {
    super(message)
    this.kind = kind
  }
}
