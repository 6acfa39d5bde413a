import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pictures } from '#shared/contract/pictures.ts'
import { runDemo, type DemoEvent, type DemoResult } from '../../../demo/demo.ts'
import type { Forecast } from '../../../demo/forecast.ts'
import { renderReport, resultRows, type ReportPicture } from '../../../demo/report.ts'
import { openWorkbench, type Workbench } from '../../../workbench.ts'
import { interruption } from '../jobs.ts'
import { print, printJson, say, table } from '../output.ts'
import { progressView } from '../progress.ts'

export interface DemoSettings {
  /** Absolute. */
  project: string
  seed: number
  epochs?: number
  json: boolean
}

/** Runs the demo, prints its table and writes its report. @throws Error when a step fails. */
export async function demo({ project, seed, epochs, json }: DemoSettings): Promise<void> {
  const workbench = await openWorkbench({ project, host: 'cli' })
  const view = progressView()
  const losses = new Map<string, number>()
  const report = (event: DemoEvent): void => {
    if (event.type === 'metrics')
      for (const { name, value } of event.points) losses.set(name, value)
    if (event.type === 'progress') view.update({ ...event.progress, note: lossNote(losses) })
    if (event.type === 'warning') view.remark(event.message)
    if (event.type === 'forecast') view.remark(announcement(event.forecast))
    if (event.type !== 'stage') return
    losses.clear()
    view.end()
    say(`\n${event.title}`)
  }
  try {
    const result = await runDemo(workbench, { seed, epochs, signal: interruption(), report })
    view.end()
    const file = join(project, 'report.html')
    await writeFile(file, renderReport(result, await maskPictures(workbench, result)))
    if (json) printJson({ ...result, report: file })
    else printResult(result, file)
  } finally {
    view.end()
    await workbench.close()
  }
}

function announcement({ seconds, steps, secondsPerStep }: Forecast): string {
  const step = secondsPerStep < 1 ? secondsPerStep.toFixed(2) : secondsPerStep.toFixed(1)
  return (
    `The rest will take about ${Math.max(1, Math.round(seconds / 60))} min on this machine: ` +
    `two pretrainings of ${steps} steps of ${step} s each, and six evaluations.`
  )
}

function lossNote(losses: ReadonlyMap<string, number>): string {
  const loss = losses.get('loss')
  return loss === undefined ? '' : `loss ${loss.toFixed(3)}`
}

function printResult(result: DemoResult, file: string): void {
  const { header, rows } = resultRows(result)
  const classes = result.encoders[0].results.linear.classCount
  print(`\n${table(header, rows)}`)
  print(`\nChance is ${(100 / classes).toFixed(1)} %. ${Math.round(result.seconds)} s in all.`)
  print(`Report: ${file}`)
}

/** The overlay of one clip a class, as the mask inspector shows it. */
async function maskPictures(workbench: Workbench, result: DemoResult): Promise<ReportPicture[]> {
  const config = result.encoders.find(({ run }) => run?.config.merge !== 'none' && run)?.run?.config
  if (!config) return []
  const shown: ReportPicture[] = []
  for (const video of result.examples) {
    const query = new URLSearchParams({
      videoId: String(video.id),
      start: '16',
      frames: String(config.frames),
      stride: String(config.stride),
      size: '96',
      beta: String(config.beta),
      variant: config.variant,
    })
    const request = new Request(`http://localhost${pictures.mask}/overlay?${query}`)
    const response = await workbench.media(request)
    if (!response.ok) throw new Error(`No mask of ${video.path}: ${await response.text()}`)
    const bytes = Buffer.from(await response.arrayBuffer())
    const source = `data:image/png;base64,${bytes.toString('base64')}`
    shown.push({ caption: video.class ?? video.path, source })
  }
  return shown
}
