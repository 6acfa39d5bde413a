import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { ViewRole } from '#shared/methods/method.ts'
import { movedRole } from '#shared/methods/moved-role.ts'

/** Clips of a video that follow each other and have the same settings: those of a part, or of a run. */
export interface ViewPlan {
  config: PretrainConfig
  /** Place of the first among the clips of the run. */
  from: number
  /** What each is, counted among these clips alone. */
  roles: readonly ViewRole[]
}

/** One clip of a video with the settings that it is drawn and made with. */
export interface PlannedView {
  config: PretrainConfig
  /** Its place among the clips that have these settings. */
  view: number
  /** What it is; undefined beyond the last of the run's views. */
  role: ViewRole | undefined
}

/** How the clips of a run are drawn, part by part; one plan where it has no parts. */
export function viewPlansOf(config: PretrainConfig, roles: readonly ViewRole[]): ViewPlan[] {
  const groups = [...Map.groupBy(roles, ({ part }) => part?.from ?? 0)]
  if (groups.length === 0) return [{ config, from: 0, roles }]
  return groups.map(([from, own]) => ({
    config: own[0].part?.config ?? config,
    from,
    roles: own.map((role) => ({ ...movedRole(role, -from), part: undefined })),
  }))
}

/** @param view its place among the clips of the run */
export function planOfView(
  config: PretrainConfig,
  view: number,
  roles: readonly ViewRole[],
): PlannedView {
  const role = roles.at(view)
  if (!role?.part) return { config, view, role }
  const { from, config: own } = role.part
  return { config: own, view: view - from, role: movedRole(role, -from) }
}

/** The view whose partner lends its background to a view: the same one for all that show one clip. */
export function lendingView(roles: readonly ViewRole[], view: number): number {
  return roles.at(view)?.sameClipAs ?? view
}
