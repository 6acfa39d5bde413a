import { Command, Option } from 'commander'
import { maskVariantSchema } from '#shared/contract/masks.ts'
import type { DecideEvent, MaskDecision, MaskOrigin } from '#shared/contract/mask-windows.ts'
import { jsonOption, projectOption, realNumber, wholeNumber } from '../arguments.ts'
import { withWindows, windowsOf, type WindowOptions } from './masks-windows.ts'
import { print, printJson, say } from '../output.ts'

interface OutputOptions {
  project: string
  json: boolean
}
type DecideOptions = WindowOptions & OutputOptions & { notes?: string }
type ApproveOptions = DecideOptions & Omit<MaskOrigin, 'beta'> & { beta?: number }

export const foregroundRatio = realNumber(0.01, 0.99)
/** What an origin says where no mask is made. */
const PLAIN: MaskOrigin = {
  beta: 0.5,
  variant: 'fame',
  adaptive: false,
  compensate: false,
  size: 112,
}

export const approveCommand = decision(
  'approve',
  "approve the masks of clips; a clip without a mask gets FAME's",
)
  .option(
    '--beta <ratio>',
    "foreground ratio of new masks (default: the project's)",
    foregroundRatio,
  )
  .addOption(
    new Option('--variant <name>', 'how new masks are made')
      .choices(maskVariantSchema.options)
      .default('fame'),
  )
  .option('--adaptive', 'choose beta for each clip automatically', false)
  .option('--compensate', "remove the camera's motion first", false)
  .option('--size <pixels>', 'short side of the frames analysed', wholeNumber(16, 448), 112)
  .action(async (options: ApproveOptions) => {
    const { variant, adaptive, compensate, size } = options
    const origin = { ...PLAIN, variant, adaptive, compensate, size }
    await decide(options, { state: 'approved' }, origin, options.beta)
  })

export const rejectCommand = decision(
  'reject',
  'reject clips, which leaves them out of training',
).action((options: DecideOptions) => decide(options, { state: 'rejected' }, PLAIN))

export const undoCommand = new Command('undo')
  .description('undo the last decision on many clips; clips with newer changes stay as they are')
  .addOption(projectOption())
  .addOption(jsonOption())
  .action(async ({ project, json }: OutputOptions) => {
    const { openWorkbench } = await import('../../../workbench.ts')
    const workbench = await openWorkbench({ project, host: 'cli', existing: true })
    try {
      const undone = await workbench.masks.undoBulk()
      if (json) printJson(undone)
      else if (!undone) print('There is nothing to undo.')
      else print(`${undone.label}: undone on ${undone.undone} clips, kept on ${undone.kept}`)
    } finally {
      await workbench.close()
    }
  })

function decision(name: string, description: string): Command {
  return withWindows(new Command(name).description(description))
    .option('--notes <text>', 'reason, stored with each clip')
    .addOption(projectOption())
    .addOption(jsonOption())
}

async function decide(
  options: DecideOptions,
  change: Partial<MaskDecision>,
  origin: MaskOrigin,
  beta?: number,
): Promise<void> {
  const [{ openWorkbench }, { interruption }] = await Promise.all([
    import('../../../workbench.ts'),
    import('../jobs.ts'),
  ])
  const workbench = await openWorkbench({ project: options.project, host: 'cli', existing: true })
  try {
    const { store } = workbench.project
    const windows = windowsOf(store, options)
    const made = { ...origin, beta: beta ?? store.maskBetas.betaFor()?.beta ?? origin.beta }
    const request = { windows, change: { ...change, notes: options.notes }, origin: made }
    const done = await follow(workbench.masks.decideMany(request, interruption()))
    for (const { window, message } of done.failed) say(`Video ${window.videoId}: ${message}`)
    const { changed, failures } = done
    if (options.json) printJson({ clips: windows.length, changed, failures })
    else print(`${changed} of ${windows.length} clips changed, ${failures} failed`)
  } finally {
    await workbench.close()
  }
}

/** Shows how a decision goes; returns how it ended. @throws Error when it is interrupted. */
async function follow(
  events: AsyncIterable<DecideEvent>,
): Promise<Extract<DecideEvent, { type: 'done' }>> {
  const [{ progressView }, { RateMeter }] = await Promise.all([
    import('../progress.ts'),
    import('../../../base/async/rate-meter.ts'),
  ])
  const view = progressView()
  const meter = new RateMeter()
  try {
    for await (const event of events) {
      if (event.type === 'done') return event
      const { done, total } = event
      const measured = meter.measure(done, total, performance.now())
      view.update({ phase: 'Deciding', unit: 'clips', done, total, ...measured })
    }
  } finally {
    view.end()
  }
  throw new Error('Interrupted. Decisions already made are saved.')
}
