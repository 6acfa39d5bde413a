import type { Locator, Page } from 'playwright-core'

/** A state of the page that must be accessible. Add one for each view, tab and dialog. */
export interface AccessiblePlace {
  name: string
  /** The address behind #. */
  at: string
  /** What is in sight once the view is there. */
  shown: (page: Page) => Locator
  /** What a person does there before. */
  prepare?: (page: Page) => Promise<void>
}

const button = (page: Page, name: string) => page.getByRole('button', { name }).first()
const tab = (name: string) => (page: Page) => page.getByRole('tab', { name }).first().click()
const card = (page: Page) => page.getByTestId('video-card')

export const accessiblePlaces: readonly AccessiblePlace[] = [
  { name: 'the grid of the library', at: '/library', shown: card },
  {
    name: 'the table of the library',
    at: '/library?layout=table',
    shown: (page) => page.getByTestId('video-row'),
  },
  {
    name: 'a video of the library',
    at: '/library?video=1',
    shown: (page) => page.getByTestId('video-player'),
  },
  {
    name: 'a video of the library with its flow',
    at: '/library?video=1',
    shown: (page) => page.getByTestId('video-player'),
    prepare: async (page) => {
      await page.getByTestId('flow-toggle').click()
      await page.getByTestId('flow-legend').waitFor()
    },
  },
  {
    name: 'selected videos of the library',
    at: '/library',
    shown: card,
    prepare: (page) => page.keyboard.press('Control+a'),
  },
  {
    name: 'a library without a match',
    at: '/library?q=nothing',
    shown: (page) => page.getByRole('heading', { name: 'No videos match these filters' }),
  },
  {
    name: 'the dialog that adds videos',
    at: '/library',
    shown: card,
    prepare: async (page) => {
      await button(page, 'Add videos').click()
      await page.getByTestId('index-folder-path').waitFor()
    },
  },
  {
    name: 'the dialog of data sets',
    at: '/library',
    shown: card,
    prepare: async (page) => {
      await button(page, 'Manage').click()
      await page.getByRole('dialog', { name: 'Data sets' }).waitFor()
    },
  },
  {
    name: 'the palette',
    at: '/library',
    shown: card,
    prepare: async (page) => {
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: /Search/ }).fill('run')
    },
  },
  {
    name: 'the shortcuts',
    at: '/library',
    shown: card,
    prepare: async (page) => {
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    },
  },
  { name: 'a mask', at: '/masks?video=1', shown: (page) => page.getByTestId('mask-stage') },
  {
    name: 'the correction of a mask',
    at: '/masks?video=1',
    shown: (page) => page.getByTestId('mask-stage'),
    prepare: tab('Correct'),
  },
  {
    name: 'the dialog that exports masks',
    at: '/masks?video=1',
    shown: (page) => page.getByTestId('mask-stage'),
    prepare: async (page) => {
      await page.getByTestId('mask-files').click()
      await page.getByTestId('export-masks').waitFor()
    },
  },
  {
    name: 'selected videos in Masks',
    at: '/library',
    shown: card,
    prepare: async (page) => {
      await page.keyboard.press('Control+a')
      await page.getByTestId('open-in-masks').click()
      await page.getByTestId('listed-place').waitFor()
    },
  },
  {
    name: 'the tag that an evaluation of selected videos takes',
    at: '/library',
    shown: card,
    prepare: async (page) => {
      await page.keyboard.press('Control+a')
      await page.getByTestId('evaluate-selection').click()
      await page.getByTestId('evaluate-tag').waitFor()
    },
  },
  { name: 'a run', at: '/runs/1', shown: (page) => page.getByTestId('loss-chart') },
  { name: 'a new run', at: '/runs/new', shown: (page) => page.getByTestId('start-run') },
  {
    name: 'compared runs',
    at: '/runs/compare?ids=1,2',
    shown: (page) => page.getByRole('region', { name: 'Compared runs' }),
  },
  {
    name: 'the columns of compared runs',
    at: '/runs/compare?ids=1,2',
    shown: (page) => page.getByTestId('columns'),
    prepare: async (page) => {
      await page.getByTestId('columns').click()
      await page.getByRole('dialog', { name: 'Columns of the table' }).waitFor()
    },
  },
  {
    name: 'the options of a chart of a run',
    at: '/runs/1',
    shown: (page) => page.getByTestId('loss-chart'),
    prepare: async (page) => {
      await button(page, 'Options of contrastive loss').click()
      await page.getByRole('dialog', { name: 'Options of contrastive loss' }).waitFor()
    },
  },
  {
    name: 'the healthy range of a metric',
    at: '/runs/1',
    shown: (page) => page.getByTestId('run-health'),
    prepare: async (page) => {
      await button(page, 'About the range of loss').click()
      await page.getByRole('dialog', { name: 'Healthy range of loss' }).waitFor()
    },
  },
  {
    name: 'the views of a video of a run',
    at: '/runs/2',
    shown: (page) => page.getByTestId('pairs'),
    prepare: async (page) => {
      await page.getByTestId('pairs').scrollIntoViewIfNeeded()
      await page.getByTestId('views-stage').waitFor()
    },
  },
  {
    name: 'the views of a video with the settings of a form',
    at: '/runs/new',
    shown: (page) => page.getByTestId('form-views'),
    prepare: async (page) => {
      await page.getByTestId('form-views').locator('summary').click()
      await page.getByTestId('form-views').getByTestId('pairs').waitFor()
    },
  },
  {
    name: 'the options of the list of runs',
    at: '/runs/2',
    shown: (page) => page.getByTestId('loss-chart'),
    prepare: async (page) => {
      await page.getByTestId('list-options').click()
      await page.getByRole('dialog', { name: 'Order and contents of the list' }).waitFor()
    },
  },
  {
    name: 'a new run that cannot start',
    at: '/runs/new',
    shown: (page) => page.getByTestId('start-run'),
    prepare: async (page) => {
      await page.locator('[data-parameter=beta] input').fill('abc')
      await page.getByTestId('obstacle').waitFor()
    },
  },
  {
    name: 'a new evaluation',
    at: '/evaluate/new',
    shown: (page) => page.getByTestId('start-evaluation'),
  },
  {
    name: 'an evaluation',
    at: '/evaluate/1',
    shown: (page) => page.getByTestId('evaluation-result'),
  },
  {
    name: 'the classes of an evaluation',
    at: '/evaluate/1',
    shown: (page) => page.getByRole('tab', { name: 'Classes' }),
    prepare: tab('Classes'),
  },
  {
    name: 'the predictions of an evaluation',
    at: '/evaluate/1',
    shown: (page) => page.getByRole('tab', { name: 'Predictions' }),
    prepare: tab('Predictions'),
  },
  {
    name: 'selected predictions of an evaluation',
    at: '/evaluate/1',
    shown: (page) => page.getByRole('tab', { name: 'Predictions' }),
    prepare: async (page) => {
      await tab('Predictions')(page)
      await page.getByTestId('select-predictions').click()
      await page.getByTestId('selected-videos').waitFor()
    },
  },
  {
    name: 'the confusion matrix of an evaluation',
    at: '/evaluate/1',
    shown: (page) => page.getByRole('tab', { name: 'Confusion' }),
    prepare: tab('Confusion'),
  },
  {
    name: 'the results of all evaluations',
    at: '/evaluate/results',
    shown: (page) => page.getByTestId('result-row'),
  },
]
