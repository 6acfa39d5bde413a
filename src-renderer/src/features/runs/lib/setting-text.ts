/** The value of a setting as it is printed everywhere: flags as the form's switches say them. */
export function settingText(value: number | string | boolean | null | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'On' : 'Off'
  return String(value)
}
