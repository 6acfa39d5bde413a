import type { ClipWindow } from '#shared/contract/mask-windows.ts'

/** One text a window: equal windows have equal ones. */
export function windowKey({ videoId, start, frames, stride }: ClipWindow): string {
  return `${videoId}.${start}.${frames}.${stride}`
}
