import { ByteReader } from './byte-reader.ts'
import { missingOfFlv } from './flv.ts'
import { missingOfGif } from './gif.ts'
import { missingOfMpegProgram, missingOfMpegTransport } from './mpeg.ts'
import { missingOfMxf } from './mxf.ts'
import { missingOfOgg } from './ogg.ts'
import { missingOfApng } from './png.ts'
import { missingOfAsf, missingOfAvi, missingOfMatroska, missingOfMp4 } from './stated-sizes.ts'
import type { Missing } from './missing.ts'

const CHECKS: readonly { container: string; missing: (file: ByteReader) => Missing }[] = [
  { container: 'mov', missing: missingOfMp4 },
  { container: 'matroska', missing: missingOfMatroska },
  { container: 'avi', missing: missingOfAvi },
  { container: 'asf', missing: missingOfAsf },
  { container: 'flv', missing: missingOfFlv },
  { container: 'mxf', missing: missingOfMxf },
  { container: 'ogg', missing: missingOfOgg },
  { container: 'gif', missing: missingOfGif },
  { container: 'apng', missing: missingOfApng },
  { container: 'mpegts', missing: missingOfMpegTransport },
  { container: 'mpeg', missing: missingOfMpegProgram },
]

/**
 * Tells whether a file was cut short, from the sizes and end marks of its container. Nothing is
 * decoded; of a GIF all bytes are read, of other files a few.
 * @param container FFmpeg's names for it, separated by commas
 * @param size bytes of the file
 * @param onRead called with every access to the disk, to show that the work goes on
 */
export function missingOf(
  path: string,
  container: string,
  size: number,
  onRead?: () => void,
): Missing {
  const names = container.split(',')
  const check = CHECKS.find((one) => names.includes(one.container))
  if (!check) return 'nothing'
  const file = new ByteReader(path, size, onRead)
  try {
    return check.missing(file)
  } finally {
    file.close()
  }
}
