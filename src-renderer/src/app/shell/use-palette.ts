import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { refDebounced, until, useStorage } from '@vueuse/core'
import { computed, type Ref } from 'vue'
import { useRouter, type RouteLocationRaw } from 'vue-router'
import { tasks } from '#shared/tasks/index.ts'
import { api } from '../../api/client.ts'
import { farCommands, type FarCommand } from '../../commands/catalogue.ts'
import { disabledReason, isEnabled, type Command } from '../../commands/command.ts'
import { groupsOf, used, type PaletteItem, type RecentItem } from '../../commands/palette.ts'
import { baseName } from '../../lib/format.ts'
import { useAppearance, type SchemeChoice } from '../../ui/appearance-store.ts'
import { allCommands } from '../../commands/use-commands.ts'
import { useEvaluationList } from '../../features/evaluate/composables/use-evaluation-list.ts'
import { useRunList } from '../../features/runs/composables/use-run-list.ts'

/** How long a view may take to come up with a command that was given from elsewhere, in ms. */
const PATIENCE = 10_000
/** Videos that the host is asked for. */
const VIDEOS = 8
const schemes: Record<SchemeChoice, string> = { system: 'System', dark: 'Dark', light: 'Light' }

/** Everything that the palette finds: commands of all views, settings, runs, evaluations, videos. */
export function usePalette(query: Ref<string>, isOpen: Ref<boolean>) {
  const router = useRouter()
  const appearance = useAppearance()
  const recent = useStorage<RecentItem[]>('fame.palette-used', [])
  const { runs } = useRunList()
  const { evaluations } = useEvaluationList()
  const wanted = refDebounced(
    computed(() => query.value.trim()),
    120,
  )
  const found = useQuery(
    computed(() =>
      api.library.page.queryOptions({
        input: { filter: { search: wanted.value }, limit: VIDEOS },
        enabled: isOpen.value && wanted.value.length > 1,
        placeholderData: keepPreviousData,
      }),
    ),
  )
  const go = (to: RouteLocationRaw) => void router.push(to)

  /** Goes to a view and gives the command there as soon as the view has it. */
  async function giveThere({ view, name }: FarCommand) {
    await router.push({ name: view })
    const there = computed(() => allCommands.value.find((one) => one.name === name))
    await until(() => there.value !== undefined && isEnabled(there.value)).toBe(true, {
      timeout: PATIENCE,
    })
    if (there.value && isEnabled(there.value)) there.value.perform()
  }
  const near = (command: Command): PaletteItem => ({
    id: command.name,
    group: 'Commands',
    label: command.label,
    detail: command.group,
    shortcut: command.shortcut,
    reason: isEnabled(command) ? undefined : (disabledReason(command) ?? 'Not possible now'),
    perform: command.perform,
  })
  const commands = computed<PaletteItem[]>(() => {
    const here = allCommands.value.filter(({ name }) => name !== 'window.palette')
    const known = new Set(here.map(({ name }) => name))
    const far = farCommands.filter(({ name }) => !known.has(name))
    return [
      ...here.toReversed().map(near),
      ...far.map((command): PaletteItem => ({
        id: command.name,
        group: 'Commands',
        label: command.label,
        detail: command.group,
        perform: () => void giveThere(command),
      })),
    ]
  })
  const settings = computed<PaletteItem[]>(() =>
    Object.entries(schemes).map(([choice, label]) => ({
      id: `theme:${choice}`,
      group: 'Settings',
      label: `Theme: ${label.toLowerCase()}`,
      detail: appearance.choice === choice ? 'in use' : '',
      perform: () => (appearance.choice = choice as SchemeChoice),
    })),
  )
  const runItems = computed<PaletteItem[]>(() =>
    runs.value.map(({ id, name, status, tags }) => ({
      id: `run:${id}`,
      group: 'Runs',
      label: name,
      detail: [`run ${id}`, status, ...tags].join(' · '),
      perform: () => go({ name: 'runs', params: { id } }),
    })),
  )
  const evaluationItems = computed<PaletteItem[]>(() =>
    evaluations.value.map(({ id, runName, protocol, status }) => ({
      id: `evaluation:${id}`,
      group: 'Evaluations',
      label: `${tasks[protocol].label} of ${runName}`,
      detail: `evaluation ${id} · ${status}`,
      perform: () => go({ name: 'evaluate', params: { id } }),
    })),
  )
  const videoItem = ({ id, label, detail }: RecentItem): PaletteItem => ({
    id,
    group: 'Videos',
    label,
    detail,
    perform: () => go({ name: 'library', query: { video: id.replace('video:', '') } }),
  })
  const videoItems = computed<PaletteItem[]>(() => {
    // Without a query the host is not asked: those used lately are known.
    if (query.value.trim() === '') {
      return recent.value.filter(({ id }) => id.startsWith('video:')).map(videoItem)
    }
    if (wanted.value.length < 2) return []
    return (found.data.value?.items ?? []).map(({ id, path, class: name, tags }) =>
      videoItem({
        id: `video:${id}`,
        label: baseName(path),
        detail: [name, ...tags].filter(Boolean).join(' · '),
      }),
    )
  })
  const groups = computed(() =>
    groupsOf(
      [
        ...commands.value,
        ...settings.value,
        ...runItems.value,
        ...evaluationItems.value,
        ...videoItems.value,
      ],
      query.value,
      recent.value.map(({ id }) => id),
    ),
  )
  function use(item: PaletteItem) {
    recent.value = used(recent.value, item)
    item.perform()
  }
  return { groups, use, isSearching: found.isFetching }
}
