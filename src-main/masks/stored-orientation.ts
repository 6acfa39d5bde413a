import { isUpright, type Orientation } from '#shared/masks/orientation.ts'
import type { FoundVideo } from '../store/mask-transfer.ts'
import { turnMask } from '../store/turn-mask.ts'
import type { PackedRecord } from './reading/reader-protocol.ts'

/**
 * Turns a mask that a workbench up to 0.1.0 exported: it had masks in the orientation of the stored
 * pictures, and its files say nothing about orientation. A mask whose size fits the video only as it
 * is shown has been turned by somebody already.
 * @returns the record as it is to be taken, and what a person should know; null where nothing changes
 */
export function turnOldMask(
  record: PackedRecord,
  video: FoundVideo,
): { record: PackedRecord; note: string } | null {
  const orientation = { mirrored: video.mirrored === 1, rotation: video.rotation ?? 0 }
  const { mask, fame, width, height } = record
  if (!isOfOldExport(record) || !mask || isUpright(orientation)) return null
  const isAcross = orientation.rotation % 180 !== 0
  if (isAcross && (width !== video.height || height !== video.width)) return null
  const turn = (packed: Uint8Array | null) =>
    turnMask(packed, width, height, 0, 0, video.mirrored, orientation.rotation)
  const size = isAcross ? { width: height, height: width } : { width, height }
  return {
    record: { ...record, ...size, mask: turn(mask), fame: turn(fame) },
    note: turned(orientation),
  }
}

/** Only exports of a workbench say when a mask was changed. */
function isOfOldExport({ orientation, changedAt }: PackedRecord): boolean {
  return orientation === undefined && changedAt !== null
}

function turned({ mirrored, rotation }: Orientation): string {
  const how = [mirrored && 'mirrored', rotation !== 0 && `turned by ${rotation}°`]
  return (
    'The file was exported by version 0.1.0 or older, which wrote masks in the stored orientation. ' +
    `The mask was ${how.filter(Boolean).join(' and ')} to match the video as it is shown. Check that it is right.`
  )
}
