import type { RunStatus } from '#shared/contract/runs.ts'

/** Whether it may still change by itself. */
export function isLive({ status }: { status: RunStatus }): boolean {
  return status === 'queued' || status === 'running' || status === 'stopping'
}

/** Whether it can go on from where it ended. */
export function canResume({ status }: { status: RunStatus }): boolean {
  return status === 'stopped' || status === 'failed' || status === 'paused'
}

/** Whether it can be held where it is. */
export function canPause({ status }: { status: RunStatus }): boolean {
  return status === 'queued' || status === 'running'
}

/** Whether stopping it does anything. */
export function canStop({ status }: { status: RunStatus }): boolean {
  return status === 'queued' || status === 'running' || status === 'paused'
}
