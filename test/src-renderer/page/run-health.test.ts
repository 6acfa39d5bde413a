// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { defaultConfig } from '#shared/config/pretrain-config.ts'
import type { RunEvent } from '#shared/contract/runs.ts'
import { METHODS } from '#shared/methods/index.ts'
import type { HealthCheck } from '#shared/metrics/health.ts'
import { checksOfRun } from '#shared/metrics/run-health.ts'
import RunHealth from '../../../src-renderer/src/features/runs/components/RunHealth.vue'
import { fakeHost, surroundings } from './fake-host.ts'

/** Points until the page asks again, and events that a test sends later. */
const STEPS = 30

afterEach(() => vi.useRealTimers())

/** The page of a run that has measured a value at each of its steps so far. */
async function pageOf(method: string, metric: string, value: number, id: number) {
  const events: RunEvent[] = []
  let wake = (): void => undefined
  fakeHost({
    'runs.curves': () => ({
      curves: [curveOf(metric, value)],
      breaks: [],
      origin: 0,
      step: STEPS,
    }),
    'runs.watch': async function* () {
      for (;;) {
        yield* events.splice(0)
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
    'runs.list': () => [],
  })
  const run = { id, status: 'running', totalSteps: 100, config: defaultConfig(method) }
  const page = mount(RunHealth, { props: { run: run as never }, global: surroundings() })
  await settle()
  const send = async (event: RunEvent): Promise<void> => {
    events.push(event)
    wake()
    await settle()
  }
  const verdict = (): string | undefined =>
    page.find(`[data-metric="${metric}"]`).attributes('data-verdict')
  const complaints = (): string[] =>
    page.findAll('[data-testid=health-complaints] li').map((item) => item.text())
  return { page, verdict, complaints, send }
}

function curveOf(name: string, value: number) {
  const x = Float64Array.from({ length: STEPS }, (_, i) => i + 1)
  const y = new Float64Array(STEPS).fill(value)
  const last = { x: STEPS, value }
  const average = { average: value, total: 1 }
  return {
    name,
    count: STEPS,
    x,
    y,
    smooth: { x, y },
    average,
    first: last,
    last,
    best: null,
    bestFrom: 0,
  }
}

/** Lets timers of the feed and of the curves come round. */
async function settle(): Promise<void> {
  await flushPromises()
  await new Promise((resolve) => setTimeout(resolve, 250))
  await flushPromises()
}

function firstCheck(method: string): HealthCheck {
  return checksOfRun({ config: defaultConfig(method), totalSteps: 100 })[0]!
}

it.each(METHODS)('tells of a run with %s whose metrics have left their range', async (method) => {
  const check = firstCheck(method)
  const id = METHODS.indexOf(method) + 1
  const { min, max } = check
  const isTooLow = typeof min === 'number'
  const out = isTooLow ? min - 0.05 : (max as number) + 0.05
  const ill = await pageOf(method, check.metric, out, id)
  expect(ill.complaints()).toEqual([isTooLow ? check.below : check.above])
  expect(ill.verdict()).toBe(isTooLow ? 'below' : 'above')
  const within = isTooLow ? 0.8 : (max as number) - 0.05
  const well = await pageOf(method, check.metric, within, id + 100)
  expect(well.complaints()).toEqual([])
  expect(well.verdict()).toBe('healthy')
  expect(well.page.get('[data-testid=health-summary]').text()).toContain('healthy ranges')
})

it('tells while the run goes on', async () => {
  const [method] = METHODS
  const { below, metric } = firstCheck(method)
  const page = await pageOf(method, metric, 0.8, 500)
  expect(page.complaints()).toEqual([])
  const points = Array.from({ length: 30 }, (_, i) => ({
    step: STEPS + i + 1,
    name: metric,
    value: 0,
  }))
  await page.send({ type: 'metrics', points })
  expect(page.complaints()).toEqual([below])
  expect(page.verdict()).toBe('below')
})
