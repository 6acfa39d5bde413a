import { colour } from './colour.ts'
import { copy } from './copy.ts'
import { flowWarp } from './flow-warp.ts'
import { foreground } from './foreground.ts'
import type { Tracker } from './tracker.ts'

/** What an encoder's tracking is measured against, in the order of tables. */
export const trackers = {
  copy,
  flow: flowWarp,
  colour,
  fame: foreground('fame', {
    label: 'FAME mask',
    meaning: "FAME's foreground around each frame, without a first frame",
  }),
  seed: foreground('seed', {
    label: 'Seed mask',
    meaning: 'The moving region around each frame, without a first frame',
  }),
} as const satisfies Record<string, Tracker>

export type TrackerName = keyof typeof trackers
export const TRACKERS = Object.keys(trackers) as [TrackerName, ...TrackerName[]]
