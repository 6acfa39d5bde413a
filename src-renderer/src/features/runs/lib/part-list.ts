import { METHODS, methodNamed, type MethodName } from '#shared/methods/index.ts'
import type { Values } from '#shared/methods/method.ts'
import { partTable, partValues, whyAlone } from '#shared/methods/part-table.ts'
import { printParts, readParts, type WrittenPart } from '#shared/settings/parts.ts'
import type { PretrainTable } from '#shared/settings/pretraining.ts'
import type { SettingValue } from '#shared/settings/setting.ts'

/** Methods that can be parts. */
export const partMethods: readonly MethodName[] = METHODS.filter((name) => {
  const method = methodNamed(name)
  return !method.parts && whyAlone(method) === null
})

/**
 * The parts of a list as it is stored; none where it cannot be read. A weight whose field is empty is
 * NaN: JSON has it as null, which no run accepts.
 */
export function partsIn(text: unknown): WrittenPart[] {
  try {
    const parts = typeof text === 'string' ? readParts(text) : []
    return parts.map((part) => ({ ...part, weight: (part.weight as number | null) ?? NaN }))
  } catch {
    return []
  }
}

/** What a part may set. A method that cannot be a part has nothing to set. */
export function tableOfPart({ method }: WrittenPart): PretrainTable {
  return partMethods.some((name) => name === method) ? partTable(methodNamed(method)) : {}
}

/** Whether a value that a part does not set is a default of its method, and not the run's. */
export function isOwn({ method }: WrittenPart, name: string): boolean {
  const { settings, defaults = {} } = methodNamed(method)
  return name in settings || name in defaults
}

/** What a part has where it does not set a value itself: what the run has, else a default. */
export function inherited(part: WrittenPart, name: string, run: Values): SettingValue {
  const usual = tableOfPart(part)[name]?.default ?? ''
  return isOwn(part, name) ? usual : (run[name] ?? usual)
}

/** The values that a part sets, in the order of its table. */
export function setValues(part: WrittenPart): [name: string, value: SettingValue][] {
  return Object.keys(tableOfPart(part)).flatMap((name) => {
    const value = part[name]
    return value === undefined ? [] : [[name, value] as [string, SettingValue]]
  })
}

/** A part of a method with the values that its recipe has for it. @param recipe of the form's preset */
export function newPart(method: string, recipe: Values): WrittenPart {
  return { ...partValues(methodNamed(method), recipe), method, weight: 1 }
}

/** The list with a part in another form, or without it where that is null. */
export function withPart(
  parts: readonly WrittenPart[],
  place: number,
  part: WrittenPart | null,
): string {
  const changed = parts.flatMap((one, i) => (i !== place ? [one] : part ? [part] : []))
  return printParts(changed)
}

/** What a change of a part has taken away from it, in words; null where its method stays. */
export function replacedWords(
  parts: readonly WrittenPart[],
  place: number,
  part: WrittenPart,
): string | null {
  if (parts[place].method === part.method) return null
  return `${partLabel(parts, place)} was replaced by ${methodNamed(part.method).label}.`
}

/** A part with one value set, or with what it inherits where that is null. */
export function withValue(
  part: WrittenPart,
  name: string,
  value: SettingValue | null,
): WrittenPart {
  if (value !== null) return { ...part, [name]: value }
  return Object.fromEntries(Object.entries(part).filter(([key]) => key !== name)) as WrittenPart
}

/** How a part is called: its method, with a number where it is not the first of it. */
export function partLabel(parts: readonly WrittenPart[], place: number): string {
  const { method } = parts[place]
  const before = parts.slice(0, place).filter((part) => part.method === method).length
  const label = METHODS.some((name) => name === method) ? methodNamed(method).label : method
  return before === 0 ? label : `${label} ${before + 1}`
}

/** The weight of each part as a setting that can be swept. @param list its name in the form */
export function weightNames(list: string, text: unknown): { value: string; label: string }[] {
  return partsIn(text).map((_, i, parts) => ({
    value: `${list}.${i}.weight`,
    label: `Weight of ${partLabel(parts, i)}`,
  }))
}

/** A list of parts in words: `0.5 × NAME with FAME + OTHER`. */
export function partsWords(text: unknown): string {
  return partsIn(text)
    .map(({ merge }, i, parts) => {
      const merges = merge !== undefined && merge !== 'none'
      return `${weighted(parts, i)}${merges ? ' with FAME' : ''}`
    })
    .join(' + ')
}

/** The same with all that each part sets, so that different lists read differently. */
export function wholePartsText(text: unknown): string {
  return partsIn(text)
    .map((part, i, parts) => {
      const set = Object.entries(part)
        .filter(([name]) => name !== 'method' && name !== 'weight')
        .map(([name, value]) => `${name} ${value}`)
      return `${weighted(parts, i)}${set.length > 0 ? ` (${set.join(', ')})` : ''}`
    })
    .join(' + ')
}

function weighted(parts: readonly WrittenPart[], place: number): string {
  const weight = parts[place]?.weight
  return `${weight === 1 ? '' : `${weight} × `}${partLabel(parts, place)}`
}
