import { farCommand } from '../../../commands/catalogue.ts'
import type { Command } from '../../../commands/command.ts'
import { useJobs } from '../jobs-store.ts'
import { useCommands } from '../../../commands/use-commands.ts'

export interface LibraryActions {
  add: () => void
  manage: () => void
  toggleFilters: () => void
  toggleCharts: () => void
  reverse: () => void
  search: () => void
  selectAll: () => void
  focusList: () => void
  move: (by: number) => void
  closeOrClear: () => void
  hasVideos: () => boolean
  /** A video is open. */
  isOpen: () => boolean
  hasSelection: () => boolean
}

/** The commands of the library. */
export function useLibraryCommands(of: LibraryActions) {
  const jobs = useJobs()
  const commands = useCommands([
    {
      ...farCommand('library.add'),
      shortcut: 'N',
      enabled: () => !jobs.running,
      reason: () => 'Videos are being indexed. Wait until that ends, or cancel it.',
      perform: () => of.add(),
    },
    {
      ...farCommand('library.filters'),
      shortcut: 'F',
      perform: () => of.toggleFilters(),
    },
    {
      ...farCommand('library.charts'),
      shortcut: 'C',
      perform: () => of.toggleCharts(),
    },
    {
      ...farCommand('library.direction'),
      perform: () => of.reverse(),
    },
    {
      ...farCommand('library.search'),
      shortcut: '/',
      perform: () => of.search(),
    },
    {
      ...farCommand('library.select-all'),
      shortcut: 'Ctrl+A',
      enabled: of.hasVideos,
      reason: () => 'The list has no videos.',
      perform: () => of.selectAll(),
    },
    {
      ...farCommand('library.datasets'),
      perform: () => of.manage(),
    },
  ] as const satisfies readonly Command[])
  useListCommands(of)
  return commands
}

/** Going from one video of the list to the next. */
function useListCommands(of: LibraryActions): void {
  useCommands([
    {
      name: 'library.focus-list',
      label: 'Go to the list of videos',
      group: 'Library',
      shortcut: 'G',
      enabled: of.hasVideos,
      perform: () => of.focusList(),
    },
    {
      name: 'library.next',
      label: 'Next video',
      group: 'Library',
      shortcut: 'ArrowDown',
      enabled: of.isOpen,
      reason: () => 'No video is open.',
      perform: () => of.move(1),
    },
    {
      name: 'library.previous',
      label: 'Previous video',
      group: 'Library',
      shortcut: 'ArrowUp',
      enabled: of.isOpen,
      reason: () => 'No video is open.',
      perform: () => of.move(-1),
    },
    {
      name: 'library.close',
      label: 'Close the video or clear the selection',
      group: 'Library',
      shortcut: 'Escape',
      enabled: () => of.isOpen() || of.hasSelection(),
      perform: () => of.closeOrClear(),
    },
  ] as const satisfies readonly Command[])
}
