import { MaskError } from './mask.ts'

/** Most bytes of one number: runs are below 2^35. */
const MOST_BYTES = 5

/**
 * Run lengths as bytes: each an unsigned LEB128, 7 bits a byte, the lowest first.
 * @param runs whole numbers from 0, below 2^35
 */
export function packRuns(runs: readonly number[]): Uint8Array {
  const bytes: number[] = []
  for (let run of runs) {
    while (run >= 128) {
      bytes.push(128 + (run % 128))
      run = Math.floor(run / 128)
    }
    bytes.push(run)
  }
  return Uint8Array.from(bytes)
}

/** @throws MaskError when the bytes end within a number, or a number is too long. */
export function unpackRuns(bytes: Uint8Array): number[] {
  const runs: number[] = []
  let run = 0
  let unit = 1
  let count = 0
  for (const byte of bytes) {
    run += (byte % 128) * unit
    unit *= 128
    count++
    if (count > MOST_BYTES) throw damaged(`a number has more than ${MOST_BYTES} bytes`)
    if (byte >= 128) continue
    runs.push(run)
    run = 0
    unit = 1
    count = 0
  }
  if (count > 0) throw damaged('the last number is cut off')
  return runs
}

function damaged(reason: string): MaskError {
  return new MaskError(`The stored mask is damaged: ${reason}. Reset it to FAME's mask.`)
}
