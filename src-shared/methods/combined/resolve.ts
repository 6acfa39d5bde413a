/** From parts as they are written to the settings that each part has. */
import type { PretrainConfig } from '../../config/pretrain-config.ts'
import { checkedValue } from '../../settings/check.ts'
import { ConfigError } from '../../settings/config-error.ts'
import { readParts, type WrittenPart } from '../../settings/parts.ts'
import type { SettingValue } from '../../settings/setting.ts'
import { viewFault } from '../../views/fault.ts'
import { byName, type AnyConfig, type MethodDescriptor, type Part } from '../method.ts'
import { ownViews, partTable, SHARED, whyAlone } from '../part-table.ts'

/** The methods that can be parts, by name, and those that say why they cannot. */
export type PartMethods = Readonly<Record<string, MethodDescriptor>>

/**
 * The settings of a run as one part has them: those of the run, then the defaults of the part's method
 * (its own settings, and settings of views whose default is another with it), then what the part says.
 */
function configOf(run: PretrainConfig, method: MethodDescriptor, part: WrittenPart): AnyConfig {
  const own = Object.entries(method.settings).map(([key, row]) => [key, row.default])
  const usual = Object.entries(method.defaults ?? {}).filter(([key]) => key in ownViews)
  return {
    ...run,
    ...Object.fromEntries(own),
    ...Object.fromEntries(usual),
    ...Object.fromEntries(typedValues(method, part)),
    method: part.method,
  } as AnyConfig
}

/** What a part sets, as its settings store it; as it is written where `partFault` refuses it. */
function typedValues(method: MethodDescriptor, part: WrittenPart): [string, SettingValue][] {
  const table = partTable(method)
  return valuesOf(part).map(([key, value]) => {
    if (!Object.hasOwn(table, key)) return [key, value]
    try {
      return [key, checkedValue(key, table[key], value)]
    } catch (error) {
      if (error instanceof ConfigError) return [key, value]
      throw error
    }
  })
}

/** What a part sets beside its method and weight. */
function valuesOf(part: WrittenPart): [string, SettingValue][] {
  return Object.entries(part).filter(([key]) => key !== 'method' && key !== 'weight')
}

/**
 * The parts of a run that have a weight. Lists that cannot be read and methods that cannot be parts
 * are left out: `partsFault` tells of them.
 */
export function resolveParts(methods: PartMethods, config: PretrainConfig): Part[] {
  const written = writtenParts(config)
  return written.flatMap((part, place) => {
    const descriptor = partMethod(methods, part.method)
    if (descriptor === null || !(part.weight > 0)) return []
    const before = written.slice(0, place).filter(({ method }) => method === part.method).length
    const often = before === 0 ? '' : String(before + 1)
    return {
      name: [part.method, often].filter(Boolean).join('-'),
      label: [descriptor.label, often].filter(Boolean).join(' '),
      place,
      weight: part.weight,
      config: configOf(config, descriptor, part),
    }
  })
}

/** The parts as they are written; none where the text cannot be read. */
export function writtenParts(config: PretrainConfig): WrittenPart[] {
  const text = byName(config).parts
  try {
    return typeof text === 'string' ? readParts(text) : []
  } catch {
    return []
  }
}

function partMethod(methods: PartMethods, name: string): MethodDescriptor | null {
  const found = Object.hasOwn(methods, name) ? methods[name] : null
  return found && whyAlone(found) === null ? found : null
}

/** What is wrong with the parts of a run; null where nothing is. */
export function partsFault(methods: PartMethods, config: PretrainConfig): string | null {
  const written = writtenParts(config)
  for (const [place, part] of written.entries()) {
    const fault = partFault(methods, config, part)
    if (fault !== null) return `parts.${place} (${labelOf(methods, part)}): ${fault}`
  }
  if (written.some(({ weight }) => weight > 0)) return null
  return 'No part has a weight above 0, so nothing would be learned: give one a weight.'
}

function labelOf(methods: PartMethods, { method }: WrittenPart): string {
  return Object.hasOwn(methods, method) ? methods[method].label : method
}

function partFault(methods: PartMethods, run: PretrainConfig, part: WrittenPart): string | null {
  const { method: name } = part
  if (!Object.hasOwn(methods, name)) {
    const known = Object.keys(methods).filter((other) => whyAlone(methods[other]) === null)
    return `there is no such method that can be a part. Choose ${known.join(', ')}.`
  }
  const method = methods[name]
  const alone = whyAlone(method)
  if (alone !== null) return `this method cannot be a part, because ${alone}. Choose another.`
  const table = partTable(method)
  for (const [key, value] of valuesOf(part)) {
    if (SHARED.includes(key)) {
      return `${key} is of the whole run, because all parts share the encoder and the kind and size of its clips. Set it outside the parts.`
    }
    const row = Object.hasOwn(table, key) ? table[key] : null
    if (!row) return `'${key}' is no setting of its views or of ${method.label}: leave it out.`
    try {
      checkedValue(key, row, value)
    } catch (error) {
      if (error instanceof ConfigError) return error.message
      throw error
    }
  }
  const config = configOf(run, method, part)
  return viewFault(config) ?? method.fault(config)
}
