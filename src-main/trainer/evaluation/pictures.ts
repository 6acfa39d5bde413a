import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { InputScaling } from '#shared/encoders/scaling.ts'
import { stripPng, type Strip } from './strip.ts'

/**
 * Writes a strip into the folder of an evaluation.
 * @param name without its ending; small letters, digits and hyphens
 * @returns the file's name
 */
export async function writeStrip(folder: string, name: string, strip: Strip): Promise<string> {
  const file = `${name}.png`
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, file), stripPng(strip), { flush: true })
  return file
}

/** Bytes of colours in [0, 1]. */
export function toBytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length)
  for (let i = 0; i < values.length; i++) {
    bytes[i] = Math.min(255, Math.max(0, Math.round(255 * values[i])))
  }
  return bytes
}

/** Bytes of colours that were scaled for the encoder. */
export function toBytesAgain(scaled: Float32Array, { mean, deviation }: InputScaling): Uint8Array {
  const colour = (value: number, i: number): number => value * deviation[i % 3] + mean[i % 3]
  return toBytes(scaled.map(colour))
}

/**
 * Places of some videos in a list, as many as asked for, in turn from every class: so that pictures
 * of different encoders show the same videos.
 */
export function placesInTurn(labels: readonly number[], count: number): number[] {
  const byClass = Map.groupBy(labels.keys(), (place) => labels[place])
  const columns = [...byClass].sort(([a], [b]) => a - b).map(([, places]) => places)
  const deepest = Math.max(0, ...columns.map((places) => places.length))
  const rounds = Array.from({ length: deepest }, (_, round) =>
    columns.flatMap((places) => places.slice(round, round + 1)),
  )
  const chosen: number[] = []
  for (const round of rounds) {
    const room = count - chosen.length
    if (room <= 0) break
    chosen.push(...evenly(round, room))
  }
  return chosen.sort((a, b) => a - b)
}

/** At most `room` of a list, spread over it. */
function evenly(places: readonly number[], room: number): number[] {
  if (places.length <= room) return [...places]
  return Array.from({ length: room }, (_, i) => places[Math.floor((i * places.length) / room)])
}
