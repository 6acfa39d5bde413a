import { ref, type Ref } from 'vue'
import { parseRunFile, printRunFile, type RunFile } from '#shared/config/run-file.ts'
import type { Values } from '#shared/methods/method.ts'
import type { RunSettings } from './use-run-settings.ts'

/** The form's settings as a YAML file, and back. */
export function useSettingsFile(options: {
  name: Readonly<Ref<string>>
  settings: Pick<RunSettings, 'values' | 'check'>
  take: (file: RunFile) => void
}) {
  const { name, settings, take } = options
  /** How the last file was loaded. */
  const yaml = ref<{ failure: unknown; said: string }>({ failure: null, said: '' })
  async function load(file: File) {
    try {
      take(parseRunFile(await file.text()))
      yaml.value = { failure: null, said: `Settings loaded from ${file.name}` }
    } catch (failure) {
      yaml.value = { failure, said: '' }
    }
  }
  function print() {
    // What is no valid number yet is not the file's business.
    const known = Object.entries(settings.values.value).filter(
      ([key, value]) => value !== null && !settings.check.value.byName.has(key),
    )
    return printRunFile({
      ...(name.value.trim() && { name: name.value.trim() }),
      values: Object.fromEntries(known) as Values,
    })
  }
  return { yaml, load, print }
}
