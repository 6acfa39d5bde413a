/** Pixels of the whole frame with its short side scaled to `size`, as clips are analysed. */
export function analysisSize(
  { height, width }: { height: number; width: number },
  size: number,
): { height: number; width: number } {
  const scale = size / Math.min(height, width)
  return { height: Math.round(height * scale), width: Math.round(width * scale) }
}
