const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** 12,345 */
export function formatCount(value: number): string {
  return whole.format(value)
}

/** 0.4234 -> '42.3 %' */
export function formatPercent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`
}

/** Three significant digits, without an exponent between 0.001 and 100,000. */
export function formatNumber(value: number): string {
  const size = Math.abs(value)
  if (!Number.isFinite(value)) return String(value)
  if (size >= 1000) return size < 1e5 ? whole.format(value) : value.toExponential(2)
  if (size !== 0 && size < 0.001) return value.toExponential(1)
  return String(Number(value.toPrecision(3)))
}
