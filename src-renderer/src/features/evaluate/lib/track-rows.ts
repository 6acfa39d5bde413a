import {
  isGivenFirst,
  TRACKED_BY,
  trackerLabel,
  type TrackedBy,
  type TrackedVideoRow,
  type TrackingArtefact,
} from '#shared/tasks/tracking/artefact.ts'
import { meanOf } from '#shared/tracking/sequence-score.ts'
import { summarise, type ObjectTrack, type TrackSummary } from '#shared/tracking/track-score.ts'

/** An evaluation of tracking as the page shows it. */
export interface TrackedEncoder {
  id: number
  name: string
  colour: string
  artefact: TrackingArtefact
}

/** A line of the table: an encoder, or a tracker without a network. */
export interface TrackRow {
  key: string
  name: string
  colour: string
  isGivenFirst: boolean
  summary: TrackSummary
}

/** Every encoder, and what they are measured against. */
export function trackRows(
  encoders: readonly TrackedEncoder[],
  colourOf: (tracker: TrackedBy) => string,
): TrackRow[] {
  const row = (name: TrackedBy, { id, artefact, ...encoder }: TrackedEncoder): TrackRow[] => {
    const summary = summarise(artefact.videos.flatMap(({ tracks }) => tracks[name] ?? []))
    if (!summary) return []
    const isEncoder = name === 'encoder'
    return [
      {
        key: isEncoder ? `encoder-${id}` : name,
        name: isEncoder ? encoder.name : trackerLabel(name),
        colour: isEncoder ? encoder.colour : colourOf(name),
        isGivenFirst: isGivenFirst(name),
        summary,
      },
    ]
  }
  const [first] = encoders
  if (!first) return []
  return [
    ...encoders.flatMap((encoder) => row('encoder', encoder)),
    ...TRACKED_BY.filter((name) => name !== 'encoder').flatMap((name) => row(name, first)),
  ]
}

/** Trackers that a video was given to, the encoder first. */
export function trackersOf({ tracks }: TrackedVideoRow): TrackedBy[] {
  return TRACKED_BY.filter((name) => tracks[name] !== undefined)
}

/** J&F of a frame, the mean over objects, for every frame that counts; the first is frame 1. */
export function frameScores(objects: readonly ObjectTrack[]): number[] {
  const frames = objects[0]?.j.length ?? 0
  return Array.from({ length: frames }, (_, t) =>
    meanOf(objects.map(({ j, f }) => ((j[t] ?? 0) + (f[t] ?? 0)) / 2)),
  )
}

/** J&F of a video by one tracker; null where it has none. */
export function videoScore({ tracks }: TrackedVideoRow, tracker: TrackedBy): number | null {
  return summarise(tracks[tracker] ?? [])?.both ?? null
}
