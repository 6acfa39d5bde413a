import { expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import type { HealthCheck } from '#shared/metrics/health.ts'
import { checksOfRun } from '#shared/metrics/run-health.ts'

function checkWith(extraNegative: string): HealthCheck | undefined {
  const config = completeConfig({ method: 'be', extraNegative })
  return checksOfRun({ config, totalSteps: 1000 }).find(({ metric }) => metric === 'extra')
}

it('explains the range of the extra negative by what that is', () => {
  expect(checkWith('same-video')?.reason).toContain('shares its background with the query')
  const other = checkWith('other-video')
  expect(other?.reason).toContain('the query of another video of the batch')
  expect(other?.reason).not.toContain('background')
  expect(other?.max).toEqual({ metric: 'positive' })
  const none = checkWith('none')
  expect(none?.reason).toContain('there is no extra negative')
  expect(none?.max).toBeUndefined()
})
