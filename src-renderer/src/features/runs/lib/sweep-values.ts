import type { PretrainSetting } from '#shared/settings/pretraining.ts'
import type { FormValue } from './form-model.ts'

/**
 * Values to sweep around the one that is set, which is always among them: all choices, shares in steps
 * of a tenth, whole numbers by factors of two and other numbers by factors of three.
 */
export function sweepValues(parameter: PretrainSetting, current: FormValue | null): string {
  if (parameter.type === 'choice') return parameter.choices.join(', ')
  if (parameter.type === 'flag') return 'false, true'
  if (parameter.type === 'text' || parameter.type === 'parts') {
    return String(current ?? parameter.default)
  }
  const value =
    typeof current === 'number' && Number.isFinite(current) ? current : parameter.default
  const { min, max, type } = parameter
  const values =
    type === 'int'
      ? [Math.round(value / 2), value, value * 2]
      : max <= 1 && value >= 0.1
        ? [value - 0.1, value, value + 0.1]
        : [value / 3, value, value * 3]
  const inside = values
    .map((tried) => (tried === value ? tried : Number(tried.toPrecision(2))))
    .filter((tried) => tried >= min && tried <= max)
  return [...new Set(inside)].join(', ')
}
