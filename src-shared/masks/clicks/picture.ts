import type { Point } from '../mask.ts'

/** A place that somebody pointed at, in pixels of the picture. */
export interface Click extends Point {
  /** 1 for a place on the object, 0 for one beside it. */
  value: 0 | 1
}

/** What an object is told from its surroundings by. */
export interface ClickPicture {
  /** Pixels. */
  width: number
  height: number
  /** [H, W, 3] RGB bytes. */
  rgb: Uint8Array
  /** [H, W] u8: 1 where something moves by itself; null where that is not known. */
  moving: Uint8Array | null
  /** How much the colours count, 0..1: less where the object is to have been in several places. */
  colours: number
}

/** Whether motion tells anything: something moves, and something does not. */
export function tellsMotion({ moving }: ClickPicture): boolean {
  return moving !== null && moving.includes(1) && moving.includes(0)
}
