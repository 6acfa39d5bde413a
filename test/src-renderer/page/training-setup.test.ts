// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { TrainingSetupState } from '#shared/contract/training-setup.ts'
import TrainingSetupBanner from '../../../src-renderer/src/features/training-setup/TrainingSetupBanner.vue'
import { useTrainingSetup } from '../../../src-renderer/src/features/training-setup/use-training-setup.ts'
import { fakeHost, setUp, surroundings } from './fake-host.ts'

const missing: TrainingSetupState = {
  state: 'missing',
  available: false,
  hasKnownHash: true,
  folder: '/home/u/.config/FAME Workbench/training',
  kind: 'cpu',
  download: 273_829_956,
  disk: 1.5e9,
  progress: null,
  failure: null,
  notices: [],
}
const progress = {
  ...{ phase: 'Download', done: 100, total: 273, rate: 10, unit: 'MB', secondsLeft: 17 },
  plan: {
    phases: ['Download', 'Compile kernels'].map((name) => ({ name, seconds: null })),
    ...{ at: 0, share: 0.25, secondsLeft: 120 },
  },
}

/** The banner over a host that answers with `now.state`. */
async function banner(now: { state: TrainingSetupState }) {
  const calls = fakeHost({
    'trainingSetup.state': () => now.state,
    'trainingSetup.start': () => (now.state = { ...missing, state: 'running', progress }),
    'trainingSetup.cancel': () => (now.state = missing),
  })
  const mounted = mount(TrainingSetupBanner, {
    global: surroundings(),
    attachTo: document.body,
  })
  await flushPromises()
  const press = async (label: string): Promise<void> => {
    const all = [...document.querySelectorAll('button')]
    all.findLast((button) => button.textContent.includes(label))!.click()
    await flushPromises()
  }
  return { mounted, press, paths: () => calls.map(({ path }) => path) }
}
const page = (): string => document.body.textContent

beforeEach(() => {
  vi.useFakeTimers()
  document.body.innerHTML = ''
})
afterEach(() => {
  vi.useRealTimers()
})

it('says nothing in a clone, nor once training is set up', async () => {
  const { mounted } = await banner({ state: { ...missing, state: 'none' } })
  expect(mounted.find('[data-testid=setup-banner]').exists()).toBe(false)
  mounted.unmount()
})

it('says what is fetched and where to, shows progress with the time left, and cancels', async () => {
  const now = { state: missing }
  const { mounted, press, paths } = await banner(now)
  await press('Set up training')
  expect(page()).toMatch(/273.8 MB are downloaded/)
  expect(page()).toContain(missing.folder)
  await press('Set up training')
  expect(paths()).toContain('trainingSetup.start')
  expect(page()).toMatch(/left in total/)
  expect(page()).toContain('Compile kernels')
  await press('Cancel set-up')
  expect(paths()).toContain('trainingSetup.cancel')
  expect(page()).toContain('are not set up yet')
  mounted.unmount()
})

it('tells what failed with its remedy and the last lines of output', async () => {
  const failure = { fact: 'The disk is full.', remedy: 'Free some.', details: 'ENOSPC' }
  const { mounted, press } = await banner({ state: { ...missing, state: 'failed', failure } })
  expect(page()).toContain('Set-up of training has failed')
  await press('Set up training')
  for (const text of Object.values(failure)) expect(page()).toContain(text)
  mounted.unmount()
})

it('says without a button where TensorFlow cannot be set up, and can be closed', async () => {
  const { mounted, press } = await banner({ state: { ...missing, state: 'unsupported' } })
  expect(page()).toContain('on Linux only')
  expect(document.querySelector('[data-testid=set-up-training]')).toBeNull()
  await press('Close')
  expect(document.querySelector('[data-testid=setup-banner]')).toBeNull()
  mounted.unmount()
})

it('claims no known SHA-256 for files that have none', async () => {
  const { mounted, press } = await banner({ state: { ...missing, hasKnownHash: false } })
  await press('Set up training')
  expect(page()).toContain('knows no SHA-256')
  expect(page()).not.toContain('checked against a known')
  mounted.unmount()
})

it.each([
  ['unchecked', false, false],
  ['failed', true, false],
  ['failed', false, true],
  ['unsupported', false, true],
] as const)(
  'in the state %s, available %s, prevents training: %s',
  async (state, available, is) => {
    fakeHost({ 'trainingSetup.state': () => ({ ...missing, state, available }) })
    const { reason } = setUp(() => useTrainingSetup())
    await flushPromises()
    expect(reason.value !== null).toBe(is)
  },
)

it('gives the buttons that train and evaluate a reason until it is done', async () => {
  const now = { state: missing }
  fakeHost({ 'trainingSetup.state': () => now.state })
  const reasons = setUp(() => useTrainingSetup())
  await flushPromises()
  expect(reasons.reason.value).toContain('Set up training')
  fakeHost({ 'trainingSetup.state': () => ({ ...missing, state: 'ready' }) })
  const done = setUp(() => useTrainingSetup())
  await flushPromises()
  expect(done.reason.value).toBeNull()
})
