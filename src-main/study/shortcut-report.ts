import { newcombe, spreadOf, wilson, type Spread } from '#shared/metrics/spread.ts'
import { formatTable, type TextTable } from '#shared/report/table.ts'
import { escapeMarkup } from '#shared/text/markup.ts'
import { formatPercent } from '#shared/text/numbers.ts'
import { dotPlot } from '../reports/dot-plot.ts'
import { renderPage, renderTable } from '../reports/page.ts'
import { chooseBetas } from './choice.ts'
import type { StudyResult } from './shortcut.ts'
import { BASELINE, shortcutColumns } from './shortcut-plan.ts'
import { studyNotes } from './study-notes.ts'

const TITLE = 'Motion or background?'
const [FIRST] = shortcutColumns.map(({ label }) => label)

/**
 * Rows of the study against its columns, in %: mean and sample standard deviation over the seeds, and
 * the 95 % interval over the test videos.
 */
export function studyTable(result: StudyResult): TextTable {
  const known = result.rows.filter(({ seeds }) => seeds.length > 0)
  const chosen = new Set(chooseBetas(result).map((choice) => choice.chosen))
  return {
    header: ['Encoder', 'Seeds', ...shortcutColumns.map(({ label }) => label)],
    rows: known.map(({ name, seeds }) => [
      chosen.has(name) ? `${name} (chosen)` : name,
      String(seeds.length),
      ...shortcutColumns.map(({ label }) => {
        const spread = spreadOf(seeds.flatMap(({ scores }) => scores[label] ?? []))
        return printSpread(spread, result.testVideos)
      }),
    ]),
    best: [],
  }
}

/** `59.4 ± 1.2 [49–69]`, in %; empty where nothing was measured. */
function printSpread(spread: Spread | null, videos: number): string {
  if (!spread) return ''
  const { mean, deviation } = spread
  const beside = deviation === null ? '' : ` ± ${(100 * deviation).toFixed(1)}`
  return `${(100 * mean).toFixed(1)}${beside} ${printBounds(wilson(mean, videos))}`
}

function printBounds([low, high]: readonly [number, number]): string {
  return `[${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)}]`
}

/** What the figures say of the claim, a sentence a row of FAME. */
export function findings({ rows, testVideos }: StudyResult): string[] {
  return rows
    .filter(({ name, seeds }) => name.startsWith('FAME') && seeds.length > 0)
    .flatMap(({ name, seeds }) => {
      // With colour augmentation the baseline has it too.
      const fair = name.includes('with colours') ? `${BASELINE} with colours` : BASELINE
      const baseline = rows.find((row) => row.name === fair && row.seeds.length > 0)
      if (!baseline) return []
      const pairs = seeds.flatMap(({ seed, scores }) => {
        const other = baseline.seeds.find((each) => each.seed === seed)
        return other ? [[scores[FIRST], other.scores[FIRST]] as const] : []
      })
      const gains = pairs.map(([own, other]) => 100 * (own - other))
      const spread = spreadOf(gains)
      if (!spread) return `${name}: no seed in common with ${fair}.`
      const [own, other] = [0, 1].map((of) => spreadOf(pairs.map((pair) => pair[of]))!.mean)
      const [low, high] = newcombe(own, other, testVideos).map((bound) => 100 * bound)
      const above = gains.filter((gain) => gain > 0).length
      return (
        `${name}: ${signed(spread.mean)} points of ${FIRST} against ${fair} with the same seed ` +
        `(${gains.map(signed).join(', ')}), above it with ${above} of ${gains.length} seeds; over the ` +
        `test videos ${signed(low)} to ${signed(high)}.`
      )
    })
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`
}

const LEGEND = [
  `Top-1: linear probe on frozen features, or the network's own classifier where it was trained with
labels. k-NN: 20 weighted neighbours. R@1: nearest training video. All at video level, 4 centre-crop
clips per video, on test videos whose background is independent of their class.`,
  `Swapped: the linear probe's top-1 when the foreground of each test clip stands on the background of
a training video of another class. Pulled: how often it then answers with the class of that
background. Foreground alone and background alone: top-1 with the rest removed. Masks: the sample
set's true ones.`,
]

/** Made of the legend, of the intervals, and of what was chosen how. */
function remarks(result: StudyResult): string[] {
  return [
    `Per cent: mean ± sample standard deviation over the seeds, which share the test videos, and in
brackets the 95 % interval over the ${result.testVideos} test videos (Wilson's for the mean, as if it
were one encoder's; intervals of differences by Newcombe's method). With other test videos, any
score in the brackets is plausible; the deviation over seeds does not show that. Chance is ${formatPercent(result.chance)}.`,
    ...LEGEND,
    ...studyNotes(result),
  ].map(oneLine)
}

interface Provenance {
  /** The command that made it. */
  command: string
  /** Of the workbench. */
  version: string
}

/** The study as Markdown. */
export function studyMarkdown(result: StudyResult, made: Provenance): string {
  const list = findings(result).map((text) => `- ${text}`)
  return [
    `# ${TITLE}`,
    lead(result),
    formatTable(studyTable(result), 'markdown').trimEnd(),
    ...remarks(result),
    '![Top-1 of every encoder and seed](shortcut.svg)',
    `## Against ${BASELINE}`,
    list.join('\n'),
    `Made with \`${made.command}\`, FAME Workbench ${made.version}, on ${result.device}.`,
  ]
    .map((part) => `${part}\n`)
    .join('\n')
}

/** The study as one HTML page that needs nothing else. */
export function studyHtml(result: StudyResult, made: Provenance): string {
  const list = findings(result).map((text) => `<li>${escapeMarkup(text)}</li>`)
  const body = `<h1>${TITLE}</h1>
<p class="lead">${escapeMarkup(lead(result))}</p>
${renderTable(studyTable(result))}
${remarks(result)
  .map((text) => `<p>${escapeMarkup(text)}</p>`)
  .join('\n')}
<h2>${FIRST}, every seed</h2>
<figure>${studyFigure(result)}</figure>
<h2>Against ${BASELINE}</h2>
<ul>${list.join('')}</ul>
<footer>${escapeMarkup(made.command)} · FAME Workbench ${escapeMarkup(made.version)} ·
${escapeMarkup(result.device)}</footer>`
  return renderPage(TITLE, body, { wide: true })
}

/** Top-1 of every encoder and seed, as SVG. */
export function studyFigure({ rows, chance }: StudyResult): string {
  const known = rows.filter(({ seeds }) => seeds.length > 0)
  const lines = known.map(({ name, seeds }) => ({
    name,
    values: seeds.flatMap(({ scores }) => scores[FIRST] ?? []),
    isMain: name.startsWith('FAME') || name.endsWith('merged'),
  }))
  return dotPlot(`${FIRST} of every encoder and seed`, lines, chance)
}

function lead({ trainVideos, testVideos }: StudyResult): string {
  return (
    'In the sample set, nine of ten training videos show the background of their class; test backgrounds ' +
    'are independent of the class. An encoder that has learned the background scores at chance there, ' +
    `one that has learned motion scores above it. ${trainVideos} training and ${testVideos} test videos.`
  )
}

function oneLine(text: string): string {
  return text.replace(/\n/g, ' ')
}
