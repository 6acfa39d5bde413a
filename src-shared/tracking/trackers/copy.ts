import type { Tracker } from './tracker.ts'

/** What a sequence scores without any tracking. */
export const copy: Tracker = {
  label: 'Copy',
  meaning: 'The labels of the first frame stay where they are',
  isGivenFirst: true,
  *track({ frames, first }) {
    for (let t = 1; t < frames; t++) yield first.slice()
  },
}
