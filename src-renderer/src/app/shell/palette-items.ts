import type { RouteLocationRaw } from 'vue-router'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Run } from '#shared/contract/runs.ts'
import { tasks } from '#shared/tasks/index.ts'
import { farCommands, type FarCommand } from '../../commands/catalogue.ts'
import { disabledReason, isEnabled, type Command } from '../../commands/command.ts'
import type { PaletteItem, RecentItem } from '../../commands/palette.ts'
import { baseName } from '../../lib/format.ts'
import type { SchemeChoice } from '../../ui/appearance-store.ts'

type Go = (to: RouteLocationRaw) => void

const schemes: Record<SchemeChoice, string> = { system: 'System', dark: 'Dark', light: 'Light' }

/**
 * Commands of this view, the innermost first, then those of others.
 * @param here what can be given now, innermost view last
 * @param giveThere goes to the view of a command and gives it there
 */
export function commandItems(
  here: readonly Command[],
  giveThere: (command: FarCommand) => void,
): PaletteItem[] {
  const listed = here.filter(({ name }) => name !== 'window.palette')
  const known = new Set(listed.map(({ name }) => name))
  const far = farCommands.filter(({ name }) => !known.has(name))
  return [
    ...listed.toReversed().map(commandItem),
    ...far.map((command): PaletteItem => ({
      id: command.name,
      group: 'Commands',
      label: command.label,
      detail: command.group,
      perform: () => giveThere(command),
    })),
  ]
}

function commandItem(command: Command): PaletteItem {
  return {
    id: command.name,
    group: 'Commands',
    label: command.label,
    detail: command.group,
    shortcut: command.shortcut,
    reason: isEnabled(command) ? undefined : (disabledReason(command) ?? 'Not available now'),
    perform: command.perform,
  }
}

export function themeItems(
  chosen: SchemeChoice,
  choose: (choice: SchemeChoice) => void,
): PaletteItem[] {
  return Object.entries(schemes).map(([choice, label]) => ({
    id: `theme:${choice}`,
    group: 'Settings',
    label: `Theme: ${label.toLowerCase()}`,
    detail: chosen === choice ? 'in use' : '',
    perform: () => choose(choice as SchemeChoice),
  }))
}

export function runItem({ id, name, status, tags }: Run, go: Go): PaletteItem {
  return {
    id: `run:${id}`,
    group: 'Runs',
    label: name,
    detail: [`run ${id}`, status, ...tags].join(' · '),
    perform: () => go({ name: 'runs', params: { id } }),
  }
}

export function evaluationItem({ id, runName, protocol, status }: Evaluation, go: Go): PaletteItem {
  return {
    id: `evaluation:${id}`,
    group: 'Evaluations',
    label: `${tasks[protocol].label} of ${runName}`,
    detail: `evaluation ${id} · ${status}`,
    perform: () => go({ name: 'evaluate', params: { id } }),
  }
}

/** A video as it is remembered once it was opened from the palette. */
export function videoToRemember(video: {
  id: number
  path: string
  class: string | null
  tags: readonly string[]
}): RecentItem {
  return {
    id: `video:${video.id}`,
    label: baseName(video.path),
    detail: [video.class, ...video.tags].filter(Boolean).join(' · '),
  }
}

export function isVideo({ id }: RecentItem): boolean {
  return id.startsWith('video:')
}

export function videoItem({ id, label, detail }: RecentItem, go: Go): PaletteItem {
  return {
    id,
    group: 'Videos',
    label,
    detail,
    perform: () => go({ name: 'library', query: { video: id.replace('video:', '') } }),
  }
}
