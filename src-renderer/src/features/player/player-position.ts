import type { Ref } from 'vue'

/** Where a player is, and which frames it goes through. */
export interface PlayerPosition {
  index: Ref<number>
  /** The way it goes, so that frames are fetched ahead of it. */
  direction: Ref<1 | -1>
  loop: Ref<boolean>
  /** Frames of the video. */
  count: Readonly<Ref<number>>
  /** Frames that playing goes through in a loop, ascending; null: all of the video. */
  path: Readonly<Ref<readonly number[] | null>>
}
