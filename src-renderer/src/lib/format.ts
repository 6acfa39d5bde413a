import type { MetricPrint } from '#shared/metrics/catalogue.ts'
import { formatCount, formatNumber } from '#shared/text/numbers.ts'

export { formatCount, formatNumber, formatPercent } from '#shared/text/numbers.ts'

/** A measured quantity as its kind is read. */
export function printMetric(value: number, as: MetricPrint): string {
  if (as === 'percent') return `${formatNumber(value * 100)} %`
  if (as === 'bytes') return formatBytes(value)
  if (as === 'seconds') {
    return value < 1 ? `${formatNumber(value * 1000)} ms` : `${formatNumber(value)} s`
  }
  return formatNumber(value)
}

/** 61234 -> '61.2 kB' */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`
}

/** Seconds as '4 s', '3 min 20 s', '2 h 05 min', '3 d 4 h'. */
export function formatDuration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  if (s < 60) return `${s} s`
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`
  if (s < 86_400) {
    return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} min`
  }
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`
}

/** An estimated duration, no more exact than it is: '40 s', '12 min', '3 h', '2 days'. */
export function formatRough(seconds: number): string {
  const counted = (value: number, unit: string) => `${formatCount(value)} ${unit}`
  if (seconds < 90) return counted(Math.max(5, Math.round(seconds / 5) * 5), 's')
  if (seconds < 90 * 60) return counted(seconds / 60, 'min')
  if (seconds < 36 * 3600) return counted(seconds / 3600, 'h')
  return counted(Math.max(2, seconds / 86_400), 'days')
}

/** A position in a video, '0:02.56'. */
export function formatTimecode(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  return `${minutes}:${(seconds - minutes * 60).toFixed(2).padStart(5, '0')}`
}

/** '8.2 steps/s', or '14 s/step' where that reads better. */
export function formatRate(rate: number, unit: string): string {
  if (rate <= 0 || !Number.isFinite(rate)) return ''
  const one = unit.replace(/s$/, '')
  if (rate < 0.5) return `${formatNumber(1 / rate)} s/${one}`
  return `${formatNumber(rate)} ${one}s/s`
}

/** The last part of a path with forward or backward slashes. */
export function baseName(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path
}

/** A time in ms since 1970 as '7 Mar 2024'. */
export function formatDate(time: number): string {
  return new Date(time).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  })
}

/** 'just now', '5 min ago', '3 h ago', else the date; `now` in milliseconds since the epoch. */
export function formatAgo(iso: string, now: number): string {
  const seconds = (now - Date.parse(iso)) / 1000
  if (seconds < 45) return 'just now'
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`
  return new Date(iso).toLocaleDateString('en', { day: 'numeric', month: 'short' })
}
