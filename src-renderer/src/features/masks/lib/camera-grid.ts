import type { Size } from '../../../lib/stage-view.ts'

/** Cells of the grid along the short side of the frame. */
const CELLS = 6
/** The longest arrow, as a part of the short side. */
const LONGEST = 0.09
/** What arrows may be drawn longer by. */
const FACTORS = [64, 32, 16, 8, 4, 2, 1] as const

/** The camera's motion between the frames of a clip, as compensation takes it out. */
export interface CameraMotion {
  /** Pixels of the planes, in which the motions are. */
  height: number
  width: number
  /** [T - 1], as `CameraMotion`; null where nothing was compensated. */
  motions: readonly (readonly number[])[] | null
}

/** What the stage shows of it for one pair of frames. */
export interface CameraPicture {
  motion: CameraMotion
  /** Number of the pair, 0..T-2. */
  at: number
  grid: CameraGrid
}

/** A grid over the picture and where compensation puts it; in pixels of the video. */
export interface CameraGrid {
  /** Points in rows: where they are, and where the next frame has what is there. */
  rows: readonly (readonly CameraPoint[])[]
  /** By how much arrows are longer than the motion. */
  factor: number
}

export interface CameraPoint {
  x: number
  y: number
  /** The end of its arrow. */
  toX: number
  toY: number
}

/**
 * The grid of one pair of frames.
 * @param at number of the pair, 0..T-2
 */
export function cameraGrid(camera: CameraMotion, at: number, video: Size): CameraGrid {
  const cell = Math.min(video.width, video.height) / CELLS
  const [columns, lines] = [video.width, video.height].map((side) => Math.round(side / cell))
  const factor = factorOf(camera)
  const rows = Array.from({ length: lines + 1 }, (_, row) =>
    Array.from({ length: columns + 1 }, (_, column): CameraPoint => {
      const x = (column / columns) * video.width
      const y = (row / lines) * video.height
      const { u, v } = displacementAt(camera, at, x / video.width, y / video.height)
      const toX = x + (factor * u * video.width) / camera.width
      const toY = y + (factor * v * video.height) / camera.height
      return { x, y, toX, toY }
    }),
  )
  return { rows, factor }
}

/** How far a place moves, in pixels of the planes. @param x and y 0..1 across the frame */
function displacementAt(
  { motions, width, height }: CameraMotion,
  at: number,
  x: number,
  y: number,
): { u: number; v: number } {
  const [u0, ux, uy, v0, vx, vy, p = 0, q = 0] = motions?.[at] ?? []
  if (u0 === undefined) return { u: 0, v: 0 }
  const [X, Y] = [x * width - width / 2, y * height - height / 2]
  const away = p * X + q * Y
  const u = u0 + ux * X + uy * Y
  const v = v0 + vx * X + vy * Y
  return { u: (u - X * away) / (1 + away), v: (v - Y * away) / (1 + away) }
}

/** The same for all pairs of a clip, so that faster looks faster. */
function factorOf(camera: CameraMotion): number {
  const corners = [0, 1].flatMap((x) => [0, 1].map((y) => [x, y] as const))
  const most = Math.max(
    0,
    ...(camera.motions ?? []).flatMap((_, at) =>
      corners.map(([x, y]) => {
        const { u, v } = displacementAt(camera, at, x, y)
        return Math.hypot(u, v)
      }),
    ),
  )
  const longest = LONGEST * Math.min(camera.width, camera.height)
  return most === 0 ? 1 : (FACTORS.find((factor) => factor * most <= longest) ?? 1)
}

/** Why there is no motion of the camera to show at a frame; null where there is one. */
export function whyNoMotion(
  planes: { compensated: boolean; indices: ArrayLike<number> },
  /** Number of the frame in its clip; null outside. */
  at: number | null,
): string | null {
  if (!planes.compensated) return 'Compensation is off, so no camera motion is known'
  if (at === null) return 'No camera motion is known outside the clip'
  if (at < planes.indices.length - 1) return null
  return 'Last frame of the clip: camera motion leads to a next one'
}

/** What the camera does between two frames, in words. @param video pixels that a shift is given in */
export function cameraText(camera: CameraMotion, at: number, video: Size): string {
  const motion = camera.motions?.[at]
  if (!motion) return 'Nothing was compensated: no camera motion was accepted'
  const [u0, ux, uy, v0, vx, vy] = motion
  const right = (u0 * video.width) / camera.width
  const down = (v0 * video.height) / camera.height
  // The part of the affine map that turns and enlarges all directions alike.
  const angle = (Math.atan2(vx - uy, 2 + ux + vy) * 180) / Math.PI
  const zoom = 100 * Math.hypot((2 + ux + vy) / 2, (vx - uy) / 2)
  return (
    `Picture shifts ${signed(right)} px right, ${signed(down)} px down, ` +
    `turns ${signed(angle)}°, scales to ${zoom.toFixed(1)} %`
  )
}

function signed(value: number): string {
  const text = Math.abs(value).toFixed(1)
  return value < 0 && text !== '0.0' ? `−${text}` : text
}
