/** Something that happened without the page being asked, or that can be undone. */
export interface NewNotice {
  kind: 'done' | 'failure'
  title: string
  text: string
  /** One of the same key takes the place of the one before. */
  key: string
  /** What can be done about it. */
  action?: { label: string; perform: () => void } | undefined
}
export interface Notice extends NewNotice {
  id: number
  /** In ms since 1970. */
  at: number
}

/** Notices in sight at most; the oldest goes first. */
const SHOWN = 4
/** Notices in the list at most. */
const KEPT = 100

export function kept(all: readonly Notice[], fresh: Notice): readonly Notice[] {
  return [...all.filter(({ key }) => key !== fresh.key), fresh].slice(-KEPT)
}

export function shownOf(all: readonly Notice[], open: ReadonlySet<number>): readonly Notice[] {
  return all.filter(({ id }) => open.has(id)).slice(-SHOWN)
}
