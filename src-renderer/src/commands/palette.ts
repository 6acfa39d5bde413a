import { matchScore } from './command.ts'

export const paletteGroups = [
  'Recent',
  'Commands',
  'Settings',
  'Runs',
  'Evaluations',
  'Videos',
] as const
export type PaletteGroup = (typeof paletteGroups)[number]

/** One thing that the palette finds. */
export interface PaletteItem {
  /** Unique and lasting, e.g. `run:3`: what was used lately is known by it. */
  id: string
  group: PaletteGroup
  label: string
  /** What tells it apart: the view of a command, the status of a run. Searched as well. */
  detail: string
  shortcut?: string | undefined
  /** Why it cannot be used now; undefined: it can. */
  reason?: string | undefined
  perform: () => void
}

/** Items shown of each group beside a query. */
const SHOWN = 8
/** Items used lately that are shown before anything is typed. */
const RECENT = 6

export interface ItemGroup {
  title: PaletteGroup
  items: readonly PaletteItem[]
}

/**
 * What the palette shows. Without a query: what was used lately, then all that can be used. With one:
 * the best of every group, groups with the better matches first; what the host has found for the query
 * is shown as it came.
 * @param recent ids, the latest first
 */
export function groupsOf(
  items: readonly PaletteItem[],
  query: string,
  recent: readonly string[],
): ItemGroup[] {
  if (query.trim() === '') return withoutQuery(items, recent)
  const rank = (id: string) => (recent.includes(id) ? 0.5 : 0)
  const scored = items
    .map((item) => ({ item, score: scoreOf(item, query) }))
    .filter(({ score }) => score > 0)
    .map(({ item, score }) => ({ item, score: score + rank(item.id) - (item.reason ? 1 : 0) }))
    .sort((a, b) => b.score - a.score)
  const groups = paletteGroups.map((title) => {
    const own = scored.filter(({ item }) => item.group === title)
    return { title, best: own[0]?.score ?? 0, items: own.slice(0, SHOWN).map(({ item }) => item) }
  })
  return groups.filter(({ items: own }) => own.length > 0).sort((a, b) => b.best - a.best)
}

/** The host searches words of paths, classes and tags, of which the label shows a part. */
function scoreOf(item: PaletteItem, query: string): number {
  const own = Math.max(
    matchScore(item.label, query) * 1.2,
    matchScore(`${item.label} ${item.detail}`, query),
  )
  return own === 0 && item.group === 'Videos' ? 0.1 : own
}

function withoutQuery(items: readonly PaletteItem[], recent: readonly string[]): ItemGroup[] {
  const usable = items.filter(({ reason }) => reason === undefined)
  const latest = recent
    .flatMap((id) => usable.find((item) => item.id === id) ?? [])
    .slice(0, RECENT)
  const rest = usable.filter((item) => !latest.includes(item))
  return [
    { title: 'Recent' as const, items: latest },
    ...paletteGroups.slice(1, -1).map((title) => ({
      title,
      items: rest.filter(({ group }) => group === title).slice(0, title === 'Commands' ? 100 : 5),
    })),
  ].filter(({ items: own }) => own.length > 0)
}

/** What was used lately, with what shows it where it is not at hand, as videos are not. */
export type RecentItem = Pick<PaletteItem, 'id' | 'label' | 'detail'>
/** Items kept of what was used lately. */
const KEPT = 24

/** What was used lately once `item` has been used. */
export function used(recent: readonly RecentItem[], item: RecentItem): RecentItem[] {
  const { id, label, detail } = item
  return [{ id, label, detail }, ...recent.filter((one) => one.id !== id)].slice(0, KEPT)
}
