import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { refDebounced, until, useStorage } from '@vueuse/core'
import { computed, type Ref } from 'vue'
import { useRouter, type RouteLocationRaw } from 'vue-router'
import { api } from '../../api/client.ts'
import type { FarCommand } from '../../commands/catalogue.ts'
import { isEnabled } from '../../commands/command.ts'
import { groupsOf, used, type PaletteItem, type RecentItem } from '../../commands/palette.ts'
import { allCommands } from '../../commands/use-commands.ts'
import { useEvaluationList } from '../../features/evaluate/composables/use-evaluation-list.ts'
import { useRunList } from '../../features/runs/composables/use-run-list.ts'
import { useAppearance } from '../../ui/appearance-store.ts'
import {
  commandItems,
  evaluationItem,
  isVideo,
  runItem,
  themeItems,
  videoItem,
  videoToRemember,
} from './palette-items.ts'

/** How long a view may take to come up with a command that was given from elsewhere, in ms. */
const PATIENCE = 10_000
/** Time in which typing counts as one change, in ms. */
const TYPING = 120
/** Videos that the host is asked for. */
const VIDEOS = 8

/** Everything that the palette finds: commands of all views, settings, runs, evaluations, videos. */
export function usePalette(query: Ref<string>, isOpen: Ref<boolean>) {
  const router = useRouter()
  const appearance = useAppearance()
  const recent = useStorage<RecentItem[]>('fame.palette-used', [])
  const { runs } = useRunList()
  const { evaluations } = useEvaluationList()
  const { videos, isSearching } = useFoundVideos(query, isOpen)
  const giveThere = useFarCommand()
  const go = (to: RouteLocationRaw) => void router.push(to)

  const commands = computed(() =>
    commandItems(allCommands.value, (command) => void giveThere(command)),
  )
  const themes = computed(() =>
    themeItems(appearance.choice, (choice) => (appearance.choice = choice)),
  )
  const runItems = computed(() => runs.value.map((run) => runItem(run, go)))
  const evaluationItems = computed(() => evaluations.value.map((one) => evaluationItem(one, go)))
  const videoItems = computed(() => {
    // Without a query the host is not asked: those used lately are known.
    const list = query.value.trim() === '' ? recent.value.filter(isVideo) : videos.value
    return list.map((video) => videoItem(video, go))
  })
  const groups = computed(() =>
    groupsOf(
      [
        ...commands.value,
        ...themes.value,
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
  return { groups, use, isSearching }
}

/** The videos that the host finds for what is typed. */
function useFoundVideos(query: Readonly<Ref<string>>, isOpen: Readonly<Ref<boolean>>) {
  const wanted = refDebounced(
    computed(() => query.value.trim()),
    TYPING,
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
  const videos = computed(() =>
    wanted.value.length < 2 ? [] : (found.data.value?.items ?? []).map(videoToRemember),
  )
  return { videos, isSearching: found.isFetching }
}

/** Goes to a view and gives the command there as soon as the view has it. */
function useFarCommand() {
  const router = useRouter()
  return async function giveThere({ view, name }: FarCommand) {
    await router.push({ name: view })
    const there = computed(() => allCommands.value.find((one) => one.name === name))
    await until(() => there.value !== undefined && isEnabled(there.value)).toBe(true, {
      timeout: PATIENCE,
    })
    if (there.value && isEnabled(there.value)) there.value.perform()
  }
}
