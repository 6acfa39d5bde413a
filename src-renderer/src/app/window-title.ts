import type { Progress } from '#shared/contract/runs.ts'

const WINDOW_NAME = 'FAME Workbench'

/** '42 % · Runs · FAME Workbench'. @param project named where the host has several; else null */
export function windowTitle(
  view: string,
  progress: Progress | null,
  project: string | null = null,
): string {
  const place = view.charAt(0).toUpperCase() + view.slice(1)
  const share =
    progress && progress.total > 0 ? `${Math.floor((100 * progress.done) / progress.total)} %` : ''
  return [share, place, project, WINDOW_NAME].filter(Boolean).join(' · ')
}
