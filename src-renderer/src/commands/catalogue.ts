import type { Command } from './command.ts'

/** A command that a view has, so that it can be found and given from everywhere. */
export type FarCommand = Pick<Command, 'name' | 'label' | 'group'> & { view: FarView }
export type FarView = 'library' | 'masks' | 'runs' | 'evaluate'

const of = (
  view: FarView,
  group: Command['group'],
  labels: Record<string, string>,
): readonly FarCommand[] =>
  Object.entries(labels).map(([name, label]) => ({ name, label, group, view }))

/**
 * The commands of all views that make sense without knowing what is open there. Giving one goes to its
 * view first. A command that changes what is open, such as stopping a run, is offered only there.
 */
export const farCommands: readonly FarCommand[] = [
  ...of('library', 'Library', {
    'library.add': 'Add videos',
    'library.search': 'Search videos',
    'library.datasets': 'Manage data sets',
    'library.filters': 'Show or hide the filters',
    'library.charts': 'Show or hide the charts',
    'library.direction': 'Reverse sort order',
    'library.select-all': 'Select all',
    'library.undo': 'Undo the last edit of tags',
    'library.redo': 'Redo the edit of tags',
  }),
  ...of('masks', 'Masks', {
    'masks.export': 'Export masks to a file',
    'masks.import': 'Import masks from a file',
    'masks.next-video': 'Next video',
    'masks.variants': 'Toggle the row of variants',
    'masks.side-by-side': 'Toggle side by side',
    'masks.style': 'Next mask style (dimmed, tinted, line, binary)',
    'masks.truth': 'Toggle the outline of the true mask',
    'masks.adaptive': 'β chosen from the soft mask, or by hand',
    'masks.background': 'Another background for the merged clip',
  }),
  ...of('masks', 'Review', {
    'review.next': 'Next in the queue',
    'review.panel': 'Show or hide the review queue',
  }),
  ...of('runs', 'Runs', {
    'runs.new': 'New run',
    'runs.import': 'Import run from a folder',
  }),
  ...of('evaluate', 'Evaluate', {
    'evaluate.new': 'New evaluation',
    'evaluate.results': 'All results',
  }),
]
