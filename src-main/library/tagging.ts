import { setImmediate as breathe } from 'node:timers/promises'
import type { z } from 'zod'
import type { TagEdit, TagHistory, tagRequestSchema } from '#shared/contract/library.ts'
import type { Store } from '../store/store.ts'
import type { Direction } from '../store/tags.ts'
import type { Library } from './library.ts'

/** Videos a commit: some 3 ms of work, and one wait for the disk. */
const BATCH = 250

/** Edits of tags, one after the other; each can be undone, also after a restart. */
export class Tagging {
  private readonly store: Store
  private readonly library: Library
  private turn: Promise<unknown> = Promise.resolve()

  constructor(store: Store, library: Library) {
    this.store = store
    this.library = library
  }

  /** Gives tags to videos and takes tags from them. */
  edit({ videos, add, remove }: z.output<typeof tagRequestSchema>): Promise<TagEdit> {
    return this.inTurn(async () => {
      const { tags } = this.store
      const ids =
        'ids' in videos
          ? videos.ids
          : [
              ...(await this.library.ids({
                filter: videos.filter,
                sort: { by: 'path', descending: false },
              })),
            ]
      const label = labelOf(add, remove)
      const [given, taken] = [tags.ensure(add), tags.ensure(remove)]
      const edit = tags.begin(label)
      while (tags.sweep(BATCH) > 0) await breathe()
      for (const batch of batches(ids)) {
        tags.write(edit, batch, given, taken)
        await breathe()
      }
      return { label, videos: tags.end(edit) }
    })
  }

  /** Undoes the last edit that stands, or redoes the last one undone; null when there is none. */
  step(direction: Direction): Promise<TagEdit | null> {
    return this.inTurn(async () => {
      const { tags } = this.store
      const edit = tags.next(direction)
      if (!edit) return null
      const videos = tags.videosOf(edit.id)
      for (const batch of batches(videos)) {
        tags.replay(edit.id, direction, batch)
        await breathe()
      }
      tags.settle(edit.id, direction)
      return { label: edit.label, videos: videos.length }
    })
  }

  history(): TagHistory {
    return this.store.tags.history()
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.turn.then(work)
    this.turn = turn.catch(() => undefined)
    return turn
  }
}

function labelOf(add: readonly string[], remove: readonly string[]): string {
  const parts = [
    ...add.map((name) => `add tag “${name}”`),
    ...remove.map((name) => `remove tag “${name}”`),
  ]
  return parts.join(', ')
}

function* batches(ids: readonly number[]): Generator<readonly number[], void, undefined> {
  for (let at = 0; at < ids.length; at += BATCH) yield ids.slice(at, at + BATCH)
}
