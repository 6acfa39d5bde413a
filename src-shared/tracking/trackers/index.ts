import { colour } from './colour.ts'
import { copy } from './copy.ts'
import { flowWarp } from './flow-warp.ts'
import { foreground } from './foreground.ts'
import { moving } from './moving.ts'
import type { TrackerName } from './names.ts'
import type { Tracker } from './tracker.ts'

/** How each tracker works; `trackerDescriptors` says what it is. */
export const trackers: Record<TrackerName, Tracker> = {
  copy,
  flow: flowWarp,
  colour,
  fame: foreground('fame'),
  seed: foreground('seed'),
  motion: moving,
}
