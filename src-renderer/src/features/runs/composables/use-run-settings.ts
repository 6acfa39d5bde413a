import { useQuery } from '@tanstack/vue-query'
import { computed, nextTick, ref, watch } from 'vue'
import { changedPreset, presetNamed, presetOf, samplePresets } from '#shared/config/presets.ts'
import type { RecipeName } from '#shared/config/recipes.ts'
import type { RunFile } from '#shared/config/run-file.ts'
import { METHODS } from '#shared/methods/index.ts'
import { api } from '../../../api/client.ts'
import {
  changedFrom,
  checkForm,
  nearestPreset,
  presetConfig,
  type FormValues,
} from '../lib/form-model.ts'

export type RunSettings = ReturnType<typeof useRunSettings>

/** The settings in the form: those of a preset, and what was changed. */
export function useRunSettings() {
  const preset = ref(samplePresets.merged.name)
  const base = computed(() => presetConfig(preset.value))
  const values = ref<FormValues>({ ...base.value })
  /** Whether somebody wanted these: then nothing that is only proposed takes their place. */
  let isWanted = false

  const projectBeta = useProjectBeta()
  /** A form starts with the foreground ratio that is kept for the project, where one is. */
  function takeProjectBeta() {
    const beta = projectBeta.value
    if (beta !== undefined) values.value = { ...values.value, beta }
  }
  watch(preset, () => {
    values.value = { ...base.value }
    takeProjectBeta()
  })
  watch(projectBeta, () => !isWanted && takeProjectBeta(), { immediate: true })

  const check = computed(() => checkForm(values.value))
  const changed = computed(() => changedFrom(base.value, values.value))
  /** Takes a preset because somebody wants it. */
  function choose(wanted: string) {
    isWanted = true
    preset.value = wanted
  }
  /** Takes a preset unless somebody has chosen or changed anything. */
  function propose(name: string) {
    if (!isWanted && changed.value.every((key) => key === 'beta')) preset.value = name
  }
  /** Takes settings in, from a file or another run. @param fitting recipe of the data set */
  function take(file: RunFile, fitting: RecipeName | null) {
    isWanted = true
    const named = file.preset === undefined ? null : presetNamed(file.preset)
    const whole = changedPreset(named, file.values)
    const method = METHODS.find((known) => known === whole.method)
    preset.value =
      named && method ? presetOf({ ...named, method }).name : nearestPreset(whole, fitting)
    // After the preset's own values have come.
    void nextTick(() => (values.value = { ...whole }))
  }
  return { preset, base, values, check, changed, choose, propose, take }
}

function useProjectBeta() {
  const betas = useQuery(api.masks.betas.list.queryOptions())
  return computed(() => betas.data.value?.find(({ of }) => of.scope === 'project')?.beta)
}
