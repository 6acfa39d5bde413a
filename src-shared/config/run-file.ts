/** A run's settings as a YAML file: what the form shows, what `--config` takes. */
import { Document, isMap, isScalar, parseDocument } from 'yaml'
import type { Values } from '../methods/method.ts'
import { ConfigError } from '../settings/check.ts'
import { readParts } from '../settings/parts.ts'
import { presentNames } from './old-settings.ts'
import { storedLists } from './part-values.ts'
import { changedPreset, presetNamed } from './presets.ts'
import { allSettings, settingsOf } from './pretrain-config.ts'

export interface RunFile {
  name?: string
  /** Where the values start from; left out: the table's defaults. */
  preset?: string
  /** Hyper-parameters, each checked. */
  values: Values
}

const FIELDS = ['name', 'preset']
const NAMES = Object.keys(allSettings)

/** Writes settings, in the order of the table, with what each hyper-parameter means beside it. */
export function printRunFile({ name, preset, values }: RunFile): string {
  const inOrder = Object.entries(values)
    .sort(([a], [b]) => NAMES.indexOf(a) - NAMES.indexOf(b))
    .map(([key, value]) => [key, isList(key) ? readParts(String(value)) : value] as const)
  const head = { ...(name && { name }), ...(preset && { preset }) }
  const document = new Document({ ...head, ...Object.fromEntries(inOrder) })
  document.commentBefore = ' Settings of a FAME Workbench run: bin/fame pretrain --config FILE'
  if (isMap(document.contents)) {
    const table = typeof values.method === 'string' ? settingsOf(values.method) : allSettings
    for (const { key, value } of document.contents.items) {
      const row = table[String(key)]
      if (row && isScalar(key) && !isScalar(value)) key.commentBefore = ` ${row.meaning}`
      if (!row || !isScalar(value)) continue
      value.comment = ` ${'unit' in row ? `${row.unit}: ` : ''}${row.meaning}`
    }
  }
  return document.toString({ lineWidth: 0 })
}

/**
 * Reads settings from YAML or JSON.
 * @throws ConfigError, with the line where there is one, for what is no mapping, an unknown name, or
 * a value that the table refuses.
 */
export function parseRunFile(text: string): RunFile {
  const document = parseDocument(text, { uniqueKeys: true })
  const [error] = document.errors
  if (error) throw new ConfigError(error.message.split('\n')[0] ?? error.message)
  const content: unknown = document.toJS()
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new ConfigError('Expected settings as `name: value`, one per line.')
  }
  const { name, preset, ...values } = content as Record<string, unknown>
  for (const [field, value] of [name, preset].entries()) {
    if (value === undefined || typeof value === 'string') continue
    throw new ConfigError(`${FIELDS[field]} is ${JSON.stringify(value)}: expected a text.`)
  }
  changedPreset(typeof preset === 'string' ? presetNamed(preset) : null, values)
  return {
    ...(typeof name === 'string' && { name }),
    ...(typeof preset === 'string' && { preset }),
    values: storedLists(presentNames(values), allSettings) as Values,
  }
}

/** Whether a setting is a list of parts, which is stored as text and written as a list. */
function isList(name: string): boolean {
  return allSettings[name]?.type === 'parts'
}
