/** A list's text, and what had to be assumed to read it. */
export interface ListText {
  text: string
  /** Null where the file is UTF-8 or says which encoding it has. */
  assumed: string | null
}

/**
 * Decodes a list: UTF-8 or UTF-16 by its byte order mark, UTF-16 without a mark where every other
 * byte of the beginning is zero, else UTF-8; bytes that are not UTF-8 are read as Windows-1252.
 */
export function decodeList(bytes: Uint8Array): ListText {
  const marked = byMark(bytes)
  if (marked !== null) return { text: decode(bytes, marked), assumed: null }
  const guessed = withoutMark(bytes)
  if (guessed !== null) {
    return { text: decode(bytes, guessed), assumed: guessed.toUpperCase() }
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), assumed: null }
  } catch {
    return { text: decode(bytes, 'windows-1252'), assumed: 'Windows-1252' }
  }
}

function decode(bytes: Uint8Array, encoding: string): string {
  return new TextDecoder(encoding).decode(bytes)
}

function byMark([first, second]: Uint8Array): string | null {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return null
}

/** Lists are mostly ASCII, and UTF-16 writes each ASCII character with one zero byte. */
function withoutMark(bytes: Uint8Array): string | null {
  const pairs = Math.min(bytes.length >> 1, 32)
  if (pairs < 2) return null
  const zeros = [0, 0]
  for (let i = 0; i < pairs * 2; i++) if (bytes[i] === 0) zeros[i % 2]++
  if (zeros[1] === pairs && zeros[0] === 0) return 'utf-16le'
  if (zeros[0] === pairs && zeros[1] === 0) return 'utf-16be'
  return null
}
