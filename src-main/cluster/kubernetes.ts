import { stringify } from 'yaml'
import type { Job } from './job.ts'
import { taskScript } from './task-script.ts'

export interface KubernetesOptions {
  /** Image that holds the workbench: the Dockerfile builds it. */
  image: string
  /** Processor cores and memory (as Kubernetes takes it: `32Gi`) of a task. */
  cores: number
  memory: string
  gpus: number
  /** Tasks at a time; null for all. */
  parallel: number | null
  /** Names of the volume claims of the videos and of the shared folder. */
  dataClaim: string
  sharedClaim: string
  namespace: string | null
}

/** Exit code of a task that is to be started again and has not failed. */
const AGAIN = 75
/** Seconds that a task has to write its checkpoint and store it. */
const GRACE = 600
/** Failures of a task that are made good by another try. */
const TRIES = 3

/** An Indexed Job with a task for each index, as YAML. */
export function kubernetesJob(job: Job, options: KubernetesOptions): string {
  return stringify(jobObject(job, options), { lineWidth: 0 })
}

/** The same as an object (API batch/v1). */
export function jobObject(job: Job, options: KubernetesOptions): object {
  const { parallel, namespace } = options
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: job.name, ...(namespace !== null && { namespace }) },
    spec: {
      completions: job.tasks.length,
      parallelism: parallel ?? job.tasks.length,
      completionMode: 'Indexed',
      backoffLimitPerIndex: TRIES,
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          { action: 'Ignore', onExitCodes: { operator: 'In', values: [AGAIN] } },
        ],
      },
      template: { metadata: { labels: { app: job.name } }, spec: podSpec(job, options) },
    },
  }
}

function podSpec(job: Job, options: KubernetesOptions): object {
  const { image, cores, memory, gpus, dataClaim, sharedClaim } = options
  const resources = { cpu: String(cores), memory, ...(gpus > 0 && { 'nvidia.com/gpu': gpus }) }
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: GRACE,
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'task',
        image,
        command: ['bash', '-c', script(job)],
        env: [
          { name: 'TMPDIR', value: '/scratch' },
          { name: 'HOME', value: '/scratch' },
        ],
        resources: { requests: resources, limits: resources },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        volumeMounts: [
          { name: 'data', mountPath: job.data, readOnly: true },
          { name: 'shared', mountPath: job.shared },
          { name: 'scratch', mountPath: '/scratch' },
        ],
      },
    ],
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: dataClaim, readOnly: true } },
      { name: 'shared', persistentVolumeClaim: { claimName: sharedClaim } },
      { name: 'scratch', emptyDir: {} },
    ],
  }
}

function script(job: Job): string {
  return `set -euo pipefail
task=\${JOB_COMPLETION_INDEX:-0}

# The machine is needed: the task goes on when Kubernetes starts it again.
again() {
  exit ${AGAIN}
}

${taskScript(job)}
`
}
