import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { useStorage } from '@vueuse/core'
import { computed, toValue, watch, type MaybeRefOrGetter } from 'vue'
import {
  completeSettings,
  defaultSettings,
  playsAPart,
  settingsFor,
  type EvaluationSettingName,
} from '#shared/config/evaluation-settings.ts'
import { presets, samplePresets } from '#shared/config/presets.ts'
import { DEFAULT_PROTOCOL, PROTOCOLS, type Protocol } from '#shared/tasks/index.ts'
import { schedulesFor } from '#shared/tasks/schedules.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import { formatsWithSplitLists } from '#shared/contract/indexing.ts'
import { protocolSentence } from '#shared/report/protocol-sentence.ts'
import { api } from '../../../api/client.ts'
import { formatCount } from '../../../lib/format.ts'
import { isLive } from '../../../lib/status.ts'

type Value = number | string | boolean
/** What somebody chose; kept, so that it is here again after looking elsewhere. */
interface Choice {
  /** A run's id, or `random:` and the preset whose shape the encoder takes. */
  encoder: string | null
  protocol: Protocol
  datasetId: number | null
  /** Split lists 1 to 3, one evaluation each. */
  allSplits: boolean
  /** What differs from the defaults, by protocol. */
  settings: Partial<Record<Protocol, Partial<Record<EvaluationSettingName, Value>>>>
}

/** The state of the form that starts an evaluation. */
export function useEvaluationForm(options: {
  /** A run to evaluate; null: the choice of last time. */
  wanted: MaybeRefOrGetter<number | null>
  /** A tag that test videos are to have; null: the choice of last time. */
  tag: MaybeRefOrGetter<string | null>
  onStarted: (evaluation: Evaluation) => void
}) {
  const queries = useQueryClient()
  const runList = useQuery(api.runs.list.queryOptions())
  const datasetList = useQuery(api.datasets.list.queryOptions())
  const choice = useStorage<Choice>(
    'fame.evaluation-form',
    { encoder: null, protocol: DEFAULT_PROTOCOL, datasetId: null, allSplits: false, settings: {} },
    undefined,
    { mergeDefaults: true },
  )
  if (!PROTOCOLS.includes(choice.value.protocol)) choice.value.protocol = DEFAULT_PROTOCOL

  const runs = computed(() => (runList.data.value ?? []).filter((run) => run.trashedAt === null))
  const usable = computed(() =>
    runs.value.filter((run) => run.step > 0 || isLive(run) || run.tags.includes('imported')),
  )
  const encoders = computed(() => {
    const option = (run: (typeof usable.value)[number]) => ({
      value: String(run.id),
      label: isLive(run) ? `${run.name} (still running)` : run.name,
    })
    const imported = usable.value.filter((run) => run.tags.includes('imported'))
    const own = usable.value.filter((run) => !run.tags.includes('imported')).toReversed()
    const group = (key: string, label: string, children: { value: string; label: string }[]) =>
      children.length === 0 ? [] : [{ type: 'group' as const, key, label, children }]
    const random = presets
      .filter(({ values }) => values.merge !== 'none')
      .map(({ name, label }) => ({ value: `random:${name}`, label: `Random, as in ${label}` }))
    return [
      ...group('runs', 'Runs', own.map(option)),
      ...group('imported', 'Imported weights', imported.map(option)),
      ...group('random', 'Randomly initialised', random),
    ]
  })
  // Once, and not whenever a run changes: what is chosen meanwhile stays.
  watch(
    [() => toValue(options.wanted), () => runList.data.value !== undefined],
    ([wanted, isHere]) => {
      if (!isHere) return
      const run = usable.value.find(({ id }) => id === wanted)
      const { encoder } = choice.value
      const isKnown = usable.value.some(({ id }) => String(id) === encoder)
      if (run) {
        choice.value.encoder = String(run.id)
        choice.value.datasetId = run.datasetId
      } else if (!isKnown && !encoder?.startsWith('random:')) {
        const best = usable.value.findLast(({ status }) => status === 'done') ?? usable.value.at(-1)
        choice.value.encoder = best ? String(best.id) : `random:${samplePresets.merged.name}`
      }
    },
    { immediate: true },
  )
  watch(
    () => datasetList.data.value,
    (list) => {
      if (!list) return
      const isKnown = list.some(({ id }) => id === choice.value.datasetId)
      if (!isKnown) choice.value.datasetId = list.at(-1)?.id ?? null
    },
    { immediate: true },
  )
  const datasets = computed(() =>
    (datasetList.data.value ?? []).map(({ id, name, videos, classes }) => ({
      value: id,
      label: `${name} (${formatCount(videos)} videos, ${formatCount(classes.length)} classes)`,
    })),
  )
  const dataset = computed(() =>
    datasetList.data.value?.find(({ id }) => id === choice.value.datasetId),
  )
  const hasSplitLists = computed(() => {
    const heeds = settingsFor(choice.value.protocol).some(([name]) => name === 'splitList')
    return heeds && !!dataset.value && formatsWithSplitLists.includes(dataset.value.format)
  })
  const allSplits = computed(() => hasSplitLists.value && choice.value.allSplits)

  const changed = computed(() => choice.value.settings[choice.value.protocol] ?? {})
  const usual = computed(() => defaultSettings(choice.value.protocol))
  /** Rows of the form: the split list has a field of its own. */
  const rows = computed(() =>
    settingsFor(choice.value.protocol).filter(
      ([name, row]) =>
        name !== 'splitList' && playsAPart(row, { ...usual.value, ...changed.value }),
    ),
  )
  const splitList = computed(() => (hasSplitLists.value ? (changed.value.splitList ?? 0) : 0))
  function set(name: EvaluationSettingName, value: Value | null) {
    const { protocol, settings } = choice.value
    const kept = Object.entries(changed.value).filter(([other]) => other !== name)
    const isUsual = value === null || value === usual.value[name]
    const next = Object.fromEntries(isUsual ? kept : [...kept, [name, value]])
    choice.value.settings = { ...settings, [protocol]: next }
  }
  const takesTag = (protocol: Protocol) => settingsFor(protocol).some(([name]) => name === 'tag')
  if (toValue(options.tag) !== null && !takesTag(choice.value.protocol))
    choice.value.protocol = DEFAULT_PROTOCOL
  watch(
    [() => toValue(options.tag), () => choice.value.protocol],
    ([tag, protocol]) => tag !== null && takesTag(protocol) && set('tag', tag),
    { immediate: true },
  )
  /** Settings of the protocol that go together; none where there is nothing to choose. */
  const schedules = computed(() => schedulesFor(choice.value.protocol))
  /** Settings that a schedule has a say in. */
  const scheduled = computed(
    () =>
      [
        ...new Set(schedules.value.flatMap(([, { values }]) => Object.keys(values))),
      ] as EvaluationSettingName[],
  )
  /** The schedule that the settings are as in; null where they are as in none. */
  const schedule = computed({
    get: () => {
      const now = { ...usual.value, ...changed.value }
      const fits = ([, { values }]: (typeof schedules.value)[number]) =>
        scheduled.value.every((name) => now[name] === (values[name] ?? usual.value[name]))
      return schedules.value.find(fits)?.[0] ?? null
    },
    set(wanted) {
      const values = schedules.value.find(([name]) => name === wanted)?.[1].values ?? {}
      for (const name of scheduled.value) set(name, values[name] ?? null)
    },
  })
  const request = computed(() => {
    const known = new Set(settingsFor(choice.value.protocol).map(([name]) => name))
    const given = Object.entries(changed.value).filter(
      ([name]) =>
        known.has(name as EvaluationSettingName) && (name !== 'splitList' || hasSplitLists.value),
    )
    return Object.fromEntries(given)
  })
  const problem = computed(() => {
    try {
      completeSettings(choice.value.protocol, request.value)
      return null
    } catch (error) {
      return error
    }
  })
  const sentence = computed(() => {
    if (problem.value) return ''
    const { protocol } = choice.value
    const said = protocolSentence({
      protocol,
      settings: completeSettings(protocol, request.value),
    })
    return allSplits.value ? said.replace(/split (as indexed|\d)/, 'splits 1, 2 and 3') : said
  })

  const mutation = {
    onSuccess: async (started: Evaluation | Evaluation[]) => {
      await queries.invalidateQueries({ queryKey: api.evaluations.key() })
      const [first] = [started].flat()
      if (first) options.onStarted(first)
    },
  }
  const one = useMutation(api.evaluations.start.mutationOptions(mutation))
  const three = useMutation(api.evaluations.startSplits.mutationOptions(mutation))
  function start() {
    const { encoder, protocol, datasetId } = choice.value
    if (encoder === null || problem.value) return
    const [, preset] = encoder.split(':')
    const what = {
      ...(preset ? { runId: null, preset } : { runId: Number(encoder) }),
      ...(datasetId !== null && { datasetId }),
      protocol,
      settings: request.value,
    }
    if (allSplits.value) three.mutate(what)
    else one.mutate(what)
  }
  return {
    choice,
    encoders,
    datasets,
    dataset,
    hasSplitLists,
    splitList,
    allSplits,
    rows,
    changed,
    usual,
    set,
    schedules,
    schedule,
    problem,
    sentence,
    start,
    starting: computed(() => one.isPending.value || three.isPending.value),
    failure: computed(() => one.error.value ?? three.error.value),
  }
}
