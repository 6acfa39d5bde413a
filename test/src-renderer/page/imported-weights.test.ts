// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { METHODS, methods } from '#shared/methods/index.ts'
import RunConfig from '../../../src-renderer/src/features/runs/components/RunConfig.vue'
import RunHeader from '../../../src-renderer/src/features/runs/components/RunHeader.vue'
import { fakeHost, surroundings } from './fake-host.ts'

/** A run of so many steps, all done; without any, weights from elsewhere. */
function doneRun(steps: number) {
  return {
    ...{ id: 6, name: 'weights', status: 'done', step: steps, totalSteps: steps, tags: [] },
    ...{ starred: false, archived: false, trashedAt: null, notes: '', device: null },
    ...{ startedAt: null, finishedAt: null, imported: null, datasetId: 1 },
    config: completeConfig({}),
  } as never
}

async function page(component: typeof RunHeader | typeof RunConfig, steps: number) {
  fakeHost({ 'runs.list': () => [] })
  const { plugins } = surroundings()
  const routes = [{ path: '/', component: { render: () => null } }]
  const router = createRouter({ history: createMemoryHistory(), routes })
  const global = { plugins: [...plugins, router] }
  const mounted = mount(component as typeof RunHeader, { props: { run: doneRun(steps) }, global })
  await flushPromises()
  return mounted
}

beforeEach(() => localStorage.clear())

it('shows imported weights without a method, and lets them be evaluated', async () => {
  const header = await page(RunHeader, 0)
  expect(header.text()).toContain('imported weights')
  for (const name of METHODS) expect(header.text()).not.toContain(methods[name].label)
  const evaluate = header.get('[data-testid="evaluate-run"]')
  expect(evaluate.attributes('disabled') ?? evaluate.attributes('aria-disabled')).toBeUndefined()
})

it('shows the method of a run that was trained', async () => {
  const { method } = completeConfig({})
  const header = await page(RunHeader, 9)
  expect(header.text()).toContain(methods[method as keyof typeof methods].label)
})

it('lists of imported weights only the settings of encoder and clips', async () => {
  const terms = async (steps: number) =>
    (await page(RunConfig, steps)).findAll('dt').map((term) => term.text())
  const imported = await terms(0)
  expect(imported).toEqual(['Encoder', 'Precision', 'Frames per clip', 'Stride', 'Crop size'])
  expect((await terms(9)).length).toBeGreaterThan(20)
})
