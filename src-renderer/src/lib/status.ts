import type { RunStatus } from '#shared/contract/runs.ts'

/** Whether it may still change by itself. */
export function isLive({ status }: { status: RunStatus }): boolean {
  return status === 'queued' || status === 'running' || status === 'stopping'
}

/** Whether stopping it does anything. */
export function canStop({ status }: { status: RunStatus }): boolean {
  return status === 'queued' || status === 'running'
}
