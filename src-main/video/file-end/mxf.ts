import type { ByteReader } from './byte-reader.ts'
import type { Missing } from './missing.ts'

/** Key of a partition pack (SMPTE ST 377-1), whose last two bytes say which and in what state. */
const PARTITION = '060e2b34020501010d01020101'
/** Where its value begins after the key, by the bytes of its length; the footer's place in there. */
const [KEY, FOOTER] = [16, 24]

/** MXF: the first partition names the byte at which the last one, the footer, begins. */
export function missingOfMxf(file: ByteReader): Missing {
  const head = file.read(0, 64)
  if (head.length < 64 || head.toString('hex', 0, 13) !== PARTITION) return 'nothing'
  const first = head[KEY]
  const value = KEY + 1 + (first < 0x80 ? 0 : first & 0x7f)
  if (value + FOOTER + 8 > head.length) return 'nothing'
  // 0: not known when the head was written.
  const footer = Number(head.readBigUInt64BE(value + FOOTER))
  return footer >= file.size ? 'end' : 'nothing'
}
