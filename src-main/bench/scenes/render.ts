import type { Rng } from '#shared/random/rng.ts'
import type { LabelledClip } from '../masks/labelled-clip.ts'
import {
  FOCAL,
  SCENE_SHAPE,
  type Plane,
  type Pose,
  type SceneSpec,
  type Thing,
  type View,
} from './scene-spec.ts'

const { frames, side } = SCENE_SHAPE
/** Each pixel is the mean of 2 x 2 places. */
const PLACES = [-0.25, 0.25]
/** A pixel is true foreground where things cover at least so many of its places. */
const LEAST_COVERED = 2

/**
 * Renders a scene with its true masks by frame. Object borders are mixed with what is behind them, as
 * a lens does it; noise is drawn last.
 */
export function renderScene(spec: SceneSpec, rng: Rng): LabelledClip {
  const data = new Uint8Array(frames * side * side * 3)
  const truth = new Uint8Array(frames * side * side)
  const sum = new Float64Array(3)
  for (let t = 0, pixel = 0; t < frames; t++) {
    const look = lookAt(spec, t)
    const light = spec.light?.(t) ?? 1
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++, pixel++) {
        const covered = look(x - (side - 1) / 2, y - (side - 1) / 2, sum)
        truth[pixel] = covered >= LEAST_COVERED ? 1 : 0
        for (let c = 0; c < 3; c++) {
          const value = (light * sum[c]) / 4 + (spec.noise > 0 ? spec.noise * rng.normal() : 0)
          data[pixel * 3 + c] = Math.min(255, Math.max(0, Math.round(value)))
        }
      }
    }
  }
  return { clip: { data, frames, height: side, width: side }, truth }
}

/** What a pixel of frame t shows: adds its colours up; returns how many of its places things cover. */
function lookAt(
  { planes, things, camera }: SceneSpec,
  t: number,
): (x: number, y: number, sum: Float64Array) => number {
  const colour = new Float64Array(3)
  const place = new Float64Array(2)
  const eye = camera?.(t) ?? { x: 0, y: 0 }
  const here = things.flatMap((thing) => {
    const pose = thing.pose(t)
    return pose ? [{ thing, pose }] : []
  })
  here.reverse()
  return (x, y, sum) => {
    let covered = 0
    sum.fill(0)
    for (const dy of PLACES) {
      for (const dx of PLACES) {
        toWorld(eye, x + dx, y + dy, 1, place)
        const [worldX, worldY] = place
        if (paintThing(here, worldX, worldY, t, place, colour)) {
          covered++
        } else {
          paintPlane(planes, eye, x + dx, y + dy, t, place, colour)
          shade(here, worldX, worldY, place, colour)
        }
        for (let c = 0; c < 3; c++) sum[c] += colour[c]
      }
    }
    return covered
  }
}

type Placed = readonly { thing: Thing; pose: Pose }[]

function paintThing(
  here: Placed,
  x: number,
  y: number,
  t: number,
  place: Float64Array,
  colour: Float64Array,
): boolean {
  for (const { thing, pose } of here) {
    toOwn(pose, x, y, place)
    if (!thing.covers(place[0], place[1])) continue
    thing.paint(place[0], place[1], t, colour)
    return true
  }
  return false
}

function paintPlane(
  planes: readonly Plane[],
  eye: View,
  x: number,
  y: number,
  t: number,
  place: Float64Array,
  colour: Float64Array,
): void {
  for (let i = planes.length - 1; i >= 0; i--) {
    const { paint, covers, nearness = 1 } = planes[i]
    toWorld(eye, x, y, nearness, place)
    if (covers && !covers(place[0], place[1])) continue
    return paint(place[0], place[1], t, colour)
  }
}

function shade(
  here: Placed,
  x: number,
  y: number,
  place: Float64Array,
  colour: Float64Array,
): void {
  for (const { thing, pose } of here) {
    const { shadow } = thing
    if (!shadow) continue
    toOwn(pose, x - shadow.x, y - shadow.y, place)
    if (!thing.covers(place[0], place[1])) continue
    for (let c = 0; c < 3; c++) colour[c] *= shadow.share
  }
}

/** From the frame to the world that the camera sees. */
function toWorld(eye: View, left: number, top: number, nearness: number, out: Float64Array): void {
  const { angle = 0, scale = 1, yaw = 0, pitch = 0 } = eye
  let [x, y] = [left, top]
  if (yaw !== 0 || pitch !== 0) {
    // The ray (x, y, focal), turned up or down and then to a side, meets the world's plane.
    const down = y * Math.cos(pitch) + FOCAL * Math.sin(pitch)
    const ahead = FOCAL * Math.cos(pitch) - y * Math.sin(pitch)
    const far = FOCAL / (ahead * Math.cos(yaw) - x * Math.sin(yaw))
    x = far * (x * Math.cos(yaw) + ahead * Math.sin(yaw))
    y = far * down
  }
  const cos = Math.cos(angle) / scale
  const sin = Math.sin(angle) / scale
  out[0] = cos * x - sin * y + nearness * eye.x
  out[1] = sin * x + cos * y + nearness * eye.y
}

/** From the world to a thing's own coordinates. */
function toOwn(
  { x: atX, y: atY, angle = 0, scale = 1 }: Pose,
  x: number,
  y: number,
  out: Float64Array,
): void {
  const cos = Math.cos(angle) / scale
  const sin = Math.sin(angle) / scale
  out[0] = cos * (x - atX) + sin * (y - atY)
  out[1] = cos * (y - atY) - sin * (x - atX)
}
