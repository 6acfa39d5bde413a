import type { Command } from '../commands/command.ts'
import { useJobs } from '../stores/jobs.ts'
import { useCommands } from './use-commands.ts'

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
  return useCommands([
    {
      name: 'library.add',
      label: 'Add videos',
      group: 'Library',
      shortcut: 'N',
      enabled: () => !jobs.running,
      reason: () => 'Videos are being indexed. Wait, or cancel that first.',
      perform: () => of.add(),
    },
    {
      name: 'library.filters',
      label: 'Show or hide the filters',
      group: 'Library',
      shortcut: 'F',
      perform: () => of.toggleFilters(),
    },
    {
      name: 'library.charts',
      label: 'Show or hide the charts',
      group: 'Library',
      shortcut: 'C',
      perform: () => of.toggleCharts(),
    },
    {
      name: 'library.direction',
      label: 'Reverse sort order',
      group: 'Library',
      perform: () => of.reverse(),
    },
    {
      name: 'library.search',
      label: 'Search videos',
      group: 'Library',
      shortcut: '/',
      perform: () => of.search(),
    },
    {
      name: 'library.select-all',
      label: 'Select all',
      group: 'Library',
      shortcut: 'Ctrl+A',
      enabled: of.hasVideos,
      reason: () => 'No video is in the list.',
      perform: () => of.selectAll(),
    },
    {
      name: 'library.datasets',
      label: 'Manage data sets',
      group: 'Library',
      perform: () => of.manage(),
    },
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
      label: 'Close the video, or clear the selection',
      group: 'Library',
      shortcut: 'Escape',
      enabled: () => of.isOpen() || of.hasSelection(),
      perform: () => of.closeOrClear(),
    },
  ] as const satisfies readonly Command[])
}
