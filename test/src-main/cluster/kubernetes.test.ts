import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { jobName } from '#main/cluster/job.ts'
import { kubernetesJob } from '#main/cluster/kubernetes.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { sampleJob } from './sample-job.ts'

const temporaryFolder = temporaryFolders()

/** Names of objects, by RFC 1123, and of labels. */
const label = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/)
const quantity = z.string().regex(/^\d+(\.\d+)?(m|Ki|Mi|Gi|Ti|k|M|G|T)?$/)
const resources = z.strictObject({
  cpu: quantity,
  memory: quantity,
  'nvidia.com/gpu': z.number().int().optional(),
})

/** The fields of batch/v1 and core/v1 that a job may have here, by the API reference; no others. */
const jobSchema = z.strictObject({
  apiVersion: z.literal('batch/v1'),
  kind: z.literal('Job'),
  metadata: z.strictObject({ name: label, namespace: label.optional() }),
  spec: z.strictObject({
    completions: z.number().int().positive(),
    parallelism: z.number().int().positive(),
    completionMode: z.literal('Indexed'),
    backoffLimitPerIndex: z.number().int(),
    podFailurePolicy: z.strictObject({
      rules: z.array(
        z.union([
          z.strictObject({
            action: z.enum(['Ignore', 'FailIndex', 'FailJob', 'Count']),
            onPodConditions: z.array(
              z.strictObject({ type: z.string(), status: z.enum(['True', 'False']) }),
            ),
          }),
          z.strictObject({
            action: z.enum(['Ignore', 'FailIndex', 'FailJob', 'Count']),
            // 0 is not allowed with In.
            onExitCodes: z.strictObject({
              operator: z.literal('In'),
              values: z.array(z.number().int().min(1)),
            }),
          }),
        ]),
      ),
    }),
    template: z.strictObject({
      metadata: z.strictObject({ labels: z.record(z.string(), label) }),
      spec: z.strictObject({
        // A policy for failed pods needs this one.
        restartPolicy: z.literal('Never'),
        terminationGracePeriodSeconds: z.number().int(),
        automountServiceAccountToken: z.boolean(),
        securityContext: z.strictObject({
          runAsNonRoot: z.literal(true),
          runAsUser: z.number().int().min(1),
          runAsGroup: z.number().int().min(1),
          fsGroup: z.number().int(),
          seccompProfile: z.strictObject({ type: z.enum(['RuntimeDefault', 'Localhost']) }),
        }),
        containers: z.array(
          z.strictObject({
            name: label,
            image: z.string(),
            command: z.array(z.string()),
            env: z.array(z.strictObject({ name: z.string(), value: z.string() })),
            resources: z.strictObject({ requests: resources, limits: resources }),
            securityContext: z.strictObject({
              allowPrivilegeEscalation: z.literal(false),
              capabilities: z.strictObject({ drop: z.array(z.string()) }),
            }),
            volumeMounts: z.array(
              z.strictObject({
                name: label,
                mountPath: z.string().startsWith('/'),
                readOnly: z.boolean().optional(),
              }),
            ),
          }),
        ),
        volumes: z.array(
          z.union([
            z.strictObject({
              name: label,
              persistentVolumeClaim: z.strictObject({
                claimName: label,
                readOnly: z.boolean().optional(),
              }),
            }),
            z.strictObject({ name: label, emptyDir: z.strictObject({}) }),
          ]),
        ),
      }),
    }),
  }),
})

const options = {
  image: 'registry.test/fame:0.2.0',
  cores: 8,
  memory: '32Gi',
  gpus: 1,
  parallel: 4,
  dataClaim: 'videos',
  sharedClaim: 'runs',
  namespace: 'lab',
}

describe('a job for Kubernetes', () => {
  it('has only fields of the API, and mounts what it names', () => {
    const text = kubernetesJob(sampleJob(temporaryFolder()), options)
    const job = jobSchema.parse(parse(text))
    expect(job.spec).toMatchObject({ completions: 2, parallelism: 4 })
    const { containers, volumes } = job.spec.template.spec
    const mounts = containers[0].volumeMounts.map(({ name }) => name)
    expect(mounts).toEqual(volumes.map(({ name }) => name))
    expect(containers[0].resources.limits['nvidia.com/gpu']).toBe(1)
  })

  it('asks for no GPU and no namespace unless told', () => {
    const few = { ...options, gpus: 0, parallel: null, namespace: null }
    const job = jobSchema.parse(parse(kubernetesJob(sampleJob(temporaryFolder()), few)))
    expect(job.metadata.namespace).toBeUndefined()
    expect(job.spec.parallelism).toBe(2)
    expect(job.spec.template.spec.containers[0].resources.limits).not.toHaveProperty(
      'nvidia.com/gpu',
    )
  })
})

it.each([
  ['MoCo + FAME, β 0.3', 'fame-moco-fame-0-3'],
  ['___', 'fame-job'],
  ['a'.repeat(60), `fame-${'a'.repeat(40)}`],
])('names the job of %j %j', (text, name) => {
  expect(jobName(text)).toBe(name)
  expect(label.safeParse(name).success).toBe(true)
})
