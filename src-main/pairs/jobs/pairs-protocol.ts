/** The job that a decoder process does to show the views of a video. */
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { ShownVideo } from '#shared/contract/drawn-views.ts'
import type { VideoPlace } from '../../trainer/loader/one-video.ts'
import type { VideoList } from '../../trainer/process/messages.ts'

export interface PairsJob extends VideoPlace {
  /** Absolute path of the run's list of videos. */
  path: string
  list: VideoList
  config: PretrainConfig
  /** Absolute folder for optical flow. */
  flowCache: string
}

/** What is known of it in the process; the host knows the class names and the key. */
export interface PairsFacts extends Omit<ShownVideo, 'key' | 'class'> {
  /** Number of its class; -1 where it is not known. */
  label: number
}

export interface DrawnPairs {
  facts: PairsFacts
  /** One PNG a view: a row of pictures under another, `size` pixels each. */
  pictures: Uint8Array[]
}

declare module '../../video/decoder-protocol.ts' {
  interface DecoderJobs {
    pairs: { input: PairsJob; output: DrawnPairs }
  }
}
