import {
  fits,
  maskFileTitles,
  outcomeTitles,
  type ImportEvent,
  type ImportOutcome,
  type MaskFileFormat,
} from '#shared/contract/mask-files.ts'
import { formatCount } from '../../../lib/format.ts'

export type ImportDone = Extract<ImportEvent, { type: 'done' }>

/** `masks-2026-11-22.json`, with the ending of the format. */
export function exportName(format: MaskFileFormat, now: Date): string {
  return `masks-${now.toISOString().slice(0, 10)}${maskFileTitles[format].extension}`
}

/** A name under another format: its ending changes where it was the first format's. */
export function renamed(name: string, from: MaskFileFormat, to: MaskFileFormat): string {
  const [before, after] = [maskFileTitles[from].extension, maskFileTitles[to].extension]
  return name.endsWith(before) ? name.slice(0, name.length - before.length) + after : name
}

/** `3 new, 1 wrong size`: what fits first. */
export function describeOutcomes(outcomes: ImportDone['outcomes']): string {
  const counted = Object.entries(outcomes) as [ImportOutcome, number][]
  return counted
    .sort(([a], [b]) => Number(fits(b)) - Number(fits(a)))
    .map(([outcome, count]) => `${formatCount(count)} ${outcomeTitles[outcome]}`)
    .join(', ')
}

/** How many clips taking the file in would change. */
export function wouldChange({ outcomes }: ImportDone): number {
  return (outcomes.new ?? 0) + (outcomes.replaces ?? 0)
}

/** `1 clip`, `3 clips`. */
export function clips(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'clip' : 'clips'}`
}
