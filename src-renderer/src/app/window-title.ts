import type { Progress } from '#shared/contract/runs.ts'

const WINDOW_NAME = 'FAME Workbench'

/** '42 % · Runs · FAME Workbench'. */
export function windowTitle(view: string, progress: Progress | null): string {
  const place = view.charAt(0).toUpperCase() + view.slice(1)
  const share =
    progress && progress.total > 0 ? `${Math.floor((100 * progress.done) / progress.total)} %` : ''
  return [share, place, WINDOW_NAME].filter(Boolean).join(' · ')
}
