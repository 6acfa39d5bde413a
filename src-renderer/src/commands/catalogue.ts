import type { Command } from './command.ts'

export type FarView = 'library' | 'masks' | 'runs' | 'evaluate'
/** What is known of a command without its view. */
type Named = Pick<Command, 'name' | 'label' | 'group'>
/** A command that a view has, so that it can be found and given from everywhere. */
export type FarCommand = Named & { view: FarView }

/**
 * Commands of all views that make sense without knowing what is open there: by view and group, names
 * with their labels. A command that changes what is open, such as stopping a run, is offered only there.
 */
const catalogue = {
  library: {
    Library: {
      'library.add': 'Add videos',
      'library.search': 'Search videos',
      'library.datasets': 'Manage data sets',
      'library.filters': 'Show or hide the filters',
      'library.charts': 'Show or hide the charts',
      'library.direction': 'Reverse sort order',
      'library.select-all': 'Select all',
      'library.undo': 'Undo the last tag change',
      'library.redo': 'Redo the last tag change',
    },
  },
  masks: {
    Masks: {
      'masks.export': 'Export masks to a file',
      'masks.import': 'Import masks from a file',
      'masks.next-video': 'Next video',
      'masks.variants': 'Show or hide the row of variants',
      'masks.side-by-side': 'Toggle side by side',
      'masks.style': 'Next mask style (dimmed, tinted, line, binary)',
      'masks.truth': 'Show or hide the outline of the true mask',
      'masks.adaptive': 'Turn adaptive β on or off',
      'masks.background': 'Change the background of the merged clip',
    },
    Review: {
      'review.next': 'Next clip in the queue',
      'review.panel': 'Show or hide the review queue',
    },
  },
  runs: {
    Runs: {
      'runs.new': 'New run',
      'runs.import': 'Import run from a folder',
    },
  },
  evaluate: {
    Evaluate: {
      'evaluate.new': 'New evaluation',
      'evaluate.results': 'All results',
    },
  },
} as const satisfies Record<FarView, Partial<Record<Command['group'], Record<string, string>>>>

type KeyOfEach<T> = T extends unknown ? keyof T & string : never
type GroupsOf<T> = T extends unknown ? T[keyof T] : never
export type FarName = KeyOfEach<GroupsOf<(typeof catalogue)[FarView]>>

/** Giving one goes to its view first. */
export const farCommands: readonly FarCommand[] = Object.entries(catalogue).flatMap(
  ([view, groups]) =>
    Object.entries<Record<string, string>>(groups).flatMap(([group, labels]) =>
      Object.entries(labels).map(([name, label]) => ({
        name,
        label,
        view: view as FarView,
        group: group as Command['group'],
      })),
    ),
)
const byName = new Map(farCommands.map(({ name, label, group }) => [name, { name, label, group }]))

/** What its view says of such a command: the rest of it is the view's. */
export function farCommand(name: FarName): Named {
  const known = byName.get(name)
  if (!known) throw new Error(`There is no command ${name}.`)
  return known
}
