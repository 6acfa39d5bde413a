// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import type { StartEvaluation } from '#shared/contract/evaluations.ts'
import { settingsFor } from '#shared/config/evaluation-settings.ts'
import { DEFAULT_PROTOCOL, PROTOCOLS } from '#shared/tasks/index.ts'
import EvaluationForm from '../../../src-renderer/src/features/evaluate/components/start/EvaluationForm.vue'
import { fakeHost, surroundings } from './fake-host.ts'

const dataset = { id: 7, name: 'clips', videos: 40, classes: ['a', 'b'], splitList: null }
const folders = { ...dataset, format: 'folders' }
const withSplits = { ...dataset, id: 8, format: 'ucf101', splitList: 1 }

function runOf(id: number, changed: object = {}) {
  const run = { id, name: `run ${id}`, status: 'done', step: 20, tags: [], trashedAt: null }
  return { ...run, datasetId: 7, ...changed }
}

interface Project {
  runs?: object[]
  datasets?: object[]
  start?: () => unknown
  wanted?: number
  tag?: string
}

async function openForm(project: Project = {}) {
  const { runs = [runOf(3)], datasets = [folders], start = () => ({ id: 5 }) } = project
  const calls = fakeHost({
    'runs.list': () => runs,
    'datasets.list': () => datasets,
    'library.facets': () => ({ tags: [{ name: 'dark', count: 2 }] }),
    'evaluations.start': start,
    'evaluations.startSplits': () => [{ id: 5 }, { id: 6 }, { id: 7 }],
  })
  const page = mount(EvaluationForm, {
    props: { wanted: project.wanted ?? null, tag: project.tag ?? null, canCancel: false },
    global: surroundings(),
  })
  await flushPromises()
  const button = () => page.get('[data-testid=start-evaluation]')
  /** Types into the field of a setting. */
  const type = async (name: string, text: string) => {
    const input = page.get(`[data-setting=${name}] input`)
    await input.setValue(text)
    await input.trigger('blur')
    await flushPromises()
  }
  const submit = async () => {
    await page.get('form').trigger('submit')
    await flushPromises()
  }
  /** What was started, as it was sent. */
  const sent = () =>
    calls
      .filter(({ path }) => path.startsWith('evaluations.start'))
      .map(({ path, input }) => ({ path, input: input as StartEvaluation }))
  return { page, button, type, submit, sent }
}

/** A number of the default protocol, its greatest value and one within its bounds. */
const [name, number] = settingsFor(DEFAULT_PROTOCOL).find(([, { type }]) => type === 'int')!
if (number.type !== 'int') throw new Error('No whole number among the settings.')
const other = number.default + 1

beforeEach(() => localStorage.clear())

it('starts what is chosen, with the newest run that is done and the defaults', async () => {
  const runs = [runOf(3), runOf(4), runOf(5, { status: 'running' })]
  const { page, button, submit, sent } = await openForm({ runs })
  expect(button().attributes('aria-disabled')).toBeUndefined()
  expect(page.get('[data-testid=protocol-sentence]').text()).not.toBe('')
  await submit()
  expect(sent()).toEqual([
    {
      path: 'evaluations.start',
      input: { runId: 4, datasetId: 7, protocol: DEFAULT_PROTOCOL, settings: {} },
    },
  ])
  expect(page.emitted('started')).toEqual([[5]])
})

it('takes the run that is wanted, with the data set that it was trained on', async () => {
  const runs = [runOf(3, { datasetId: 8 }), runOf(4)]
  const { submit, sent } = await openForm({ runs, datasets: [withSplits, folders], wanted: 3 })
  await submit()
  expect(sent()[0]?.input).toMatchObject({ runId: 3, datasetId: 8 })
})

it('evaluates a random encoder where nothing was trained', async () => {
  const { submit, sent } = await openForm({ runs: [] })
  await submit()
  expect(sent()[0]?.input).toMatchObject({ runId: null, preset: expect.any(String) })
})

it('sends what was typed, and takes the default back', async () => {
  const { page, type, submit, sent } = await openForm()
  await type(name, String(other))
  expect(page.get('summary').text()).toContain('1 changed')
  await submit()
  expect(sent()[0]?.input.settings).toEqual({ [name]: other })
  await page.get(`[data-setting=${name}] .back`).trigger('click')
  expect(page.get('summary').text()).not.toContain('changed')
  await submit()
  expect(sent()[1]?.input.settings).toEqual({})
})

it('keeps what was typed for each protocol, until the form is opened again', async () => {
  const first = await openForm()
  await first.type(name, String(other))
  const elsewhere = PROTOCOLS.find((protocol) => protocol !== DEFAULT_PROTOCOL)!
  await first.page.get(`[data-protocol=${elsewhere}] input`).setValue(true)
  await first.submit()
  expect(first.sent()[0]?.input).toMatchObject({ protocol: elsewhere, settings: {} })
  await first.page.get(`[data-protocol=${DEFAULT_PROTOCOL}] input`).setValue(true)
  first.page.unmount()
  const second = await openForm()
  await second.submit()
  expect(second.sent()[0]?.input.settings).toEqual({ [name]: other })
})

it('says which value is wrong, and starts nothing until it is right', async () => {
  const { page, button, type, submit, sent } = await openForm()
  await type(name, String(number.max + 1))
  expect(page.get(`[data-setting=${name}] .problem`).text()).toMatch(/^Enter a value from/)
  expect(page.get('[role=alert]').text()).toContain('cannot be used')
  expect(page.get('[data-testid=protocol-sentence]').text()).toBe('')
  expect(button().attributes('aria-disabled')).toBe('true')
  expect(button().attributes('aria-description')).toContain('settings')
  await submit()
  expect(sent()).toEqual([])
  await type(name, String(other))
  expect(page.find('[role=alert]').exists()).toBe(false)
  await submit()
  expect(sent()).toHaveLength(1)
})

it('says that there is no data set yet', async () => {
  const { button } = await openForm({ datasets: [] })
  expect(button().attributes('aria-disabled')).toBe('true')
  expect(button().attributes('aria-description')).toContain('data set')
})

it('says why the host did not start it', async () => {
  const start = () => Promise.reject(new Error('The run has no checkpoint yet.'))
  const { page, submit } = await openForm({ start })
  await submit()
  expect(page.get('[role=alert]').text()).toContain('The run has no checkpoint yet.')
  expect(page.emitted('started')).toBeUndefined()
})

it('evaluates on three split lists where the data set has them', async () => {
  const { page, button, submit, sent } = await openForm({ datasets: [folders, withSplits] })
  const choice = page.get('[aria-label="Split list"]').findAll('button')
  await choice.at(-1)!.trigger('click')
  expect(button().text()).toContain('three splits')
  await submit()
  expect(sent()[0]).toMatchObject({ path: 'evaluations.startSplits', input: { datasetId: 8 } })
  expect(page.emitted('started')).toEqual([[5]])
  await choice[2]!.trigger('click')
  await submit()
  expect(sent()[1]).toMatchObject({
    path: 'evaluations.start',
    input: { settings: { splitList: 2 } },
  })
})

it('restricts the test videos to a tag that is wanted', async () => {
  const { submit, sent } = await openForm({ tag: 'dark' })
  await submit()
  expect(sent()[0]?.input.settings).toEqual({ tag: 'dark' })
})
