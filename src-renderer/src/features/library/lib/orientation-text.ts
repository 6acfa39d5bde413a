import type { Video } from '#shared/contract/videos.ts'

const TURNS = new Map([
  [90, 'rotated 90° clockwise'],
  [180, 'rotated 180°'],
  [270, 'rotated 90° counter-clockwise'],
])

/** How the pictures of a video are shown; null where that is not known. */
export function orientationText({
  rotation,
  mirrored,
}: Pick<Video, 'rotation' | 'mirrored'>): string | null {
  if (rotation === null) return null
  const steps = [
    ...(mirrored ? ['mirrored'] : []),
    ...(TURNS.has(rotation) ? [TURNS.get(rotation)] : []),
  ]
  return steps.length === 0 ? 'as stored' : steps.join(', then ')
}
