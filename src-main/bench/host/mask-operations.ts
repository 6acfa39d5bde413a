import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from '#shared/contract/contract.ts'
import type { ClipWindow } from '#shared/contract/mask-windows.ts'
import {
  changesBetween,
  packFrameChanges,
  type FrameMask,
  type FrameMasks,
} from '#shared/masks/frame-masks.ts'
import { fillRectangle } from '#shared/masks/edits/polygon.ts'
import { packRuns } from '#shared/masks/packed-runs.ts'
import { encodeRuns } from '#shared/masks/runs.ts'
import { MOVING } from './moving-video.ts'

type Client = ContractRouterClient<Contract>

/** The frame that is drawn on; its mask is carried both ways. */
const DRAWN = 20

/** Propagates the mask of a frame to the 63 others of a clip. */
export async function propagateMask(client: Client): Promise<number> {
  const window = await movingClip(client)
  const events = await client.masks.propagate({
    window,
    frame: DRAWN,
    mask: packRuns(encodeRuns(rectangle(0))),
    from: 0,
    to: MOVING.frames - 1,
    fixed: [],
    by: { kind: 'flow' },
  })
  let frames = 0
  for await (const { type } of events) if (type === 'frame') frames++
  if (frames !== MOVING.frames - 1) throw new Error(`${frames} frames were propagated to.`)
  return frames
}

/** Accepts masks of 64 frames as one edit, undoes it and does it again. */
export async function acceptFrames(client: Client): Promise<void> {
  const window = await movingClip(client)
  const { width, height, frames: count } = MOVING
  const shape = { frames: count, pixels: width * height }
  const masks: FrameMasks = new Map(
    Array.from({ length: count }, (_, at): [number, FrameMask] => [
      at,
      { source: 'propagated', mask: packRuns(encodeRuns(rectangle(at))) },
    ]),
  )
  const changes = changesBetween(new Map(), masks, shape.pixels)
  const origin = {
    beta: 0.5,
    variant: 'fame',
    adaptive: false,
    compensate: false,
    size: 112,
  } as const
  const open = await client.masks.window(window)
  await client.masks.edit({
    window,
    revision: open?.history.revision ?? 0,
    label: 'propagate',
    change: [shape.pixels],
    base: { origin, width, height, fame: encodeRuns(rectangle(0)) },
    byFrame: packFrameChanges(changes, shape) ?? undefined,
  })
  await client.masks.undo({ window })
  await client.masks.redo({ window })
  await client.masks.undo({ window })
}

async function movingClip({ library }: Client): Promise<ClipWindow> {
  const { items } = await library.page({ filter: { search: 'moving' }, limit: 1 })
  if (items.length === 0) throw new Error('The project of the benchmark has no video with a file.')
  return { videoId: items[0].id, start: 0, frames: MOVING.frames, stride: 1 }
}

/** [H, W]: a part of the video, which moves with the frame. */
function rectangle(at: number): Uint8Array {
  const { width, height } = MOVING
  const mask = { data: new Uint8Array(width * height), width, height }
  fillRectangle(mask, { x: 60 + at, y: 80 }, { x: 140 + at, y: 170 }, 1)
  return mask.data
}
