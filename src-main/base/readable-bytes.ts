/** 61.2e6 as `61.2 MB`. */
export function readableBytes(bytes: number): string {
  const unit = bytes < 1e9 ? 'MB' : 'GB'
  return `${(bytes / (unit === 'MB' ? 1e6 : 1e9)).toFixed(1)} ${unit}`
}
