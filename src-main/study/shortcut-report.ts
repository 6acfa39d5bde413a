import { spreadOf, type Spread } from '#shared/metrics/spread.ts'
import { formatTable, type TextTable } from '#shared/report/table.ts'
import { dotPlot } from '../reports/dot-plot.ts'
import { escapeHtml, percent, renderPage, renderTable } from '../reports/page.ts'
import type { StudyResult } from './shortcut.ts'
import { shortcutColumns } from './shortcut-plan.ts'

const TITLE = 'Motion or background?'
const [FIRST] = shortcutColumns.map(({ label }) => label)
const BASELINE = 'MoCo'

/** Rows of the study against its columns: mean and sample standard deviation over the seeds, in %. */
export function studyTable({ rows }: StudyResult): TextTable {
  const known = rows.filter(({ seeds }) => seeds.length > 0)
  const spreads = known.map(({ seeds }) =>
    shortcutColumns.map(({ label }) =>
      spreadOf(seeds.flatMap(({ scores }) => scores[label] ?? [])),
    ),
  )
  const best = shortcutColumns.flatMap(({ best: wanted }, column) => {
    const sign = wanted === 'lowest' ? -1 : 1
    const ranks = spreads.map((own) => (own[column] ? sign * own[column].mean : -Infinity))
    const row = ranks.indexOf(Math.max(...ranks))
    return wanted !== null && Number.isFinite(ranks[row]) ? [[row, column + 2] as const] : []
  })
  return {
    header: ['Encoder', 'Seeds', ...shortcutColumns.map(({ label }) => label)],
    rows: known.map(({ name, seeds }, i) => [
      name,
      String(seeds.length),
      ...spreads[i].map(printSpread),
    ]),
    best,
  }
}

/** `59.4 ± 1.2`, in %; empty where nothing was measured. */
function printSpread(spread: Spread | null): string {
  if (!spread) return ''
  const { mean, deviation } = spread
  const own = (100 * mean).toFixed(1)
  return deviation === null ? own : `${own} ± ${(100 * deviation).toFixed(1)}`
}

/** What the figures say of the claim, a sentence a row of FAME. */
export function findings({ rows }: StudyResult): string[] {
  const baseline = rows.find(({ name }) => name === BASELINE)
  if (!baseline) return []
  return rows
    .filter(({ name, seeds }) => name.startsWith('FAME') && seeds.length > 0)
    .map(({ name, seeds }) => {
      const gains = seeds.flatMap(({ seed, scores }) => {
        const other = baseline.seeds.find((each) => each.seed === seed)
        return other ? [100 * (scores[FIRST] - other.scores[FIRST])] : []
      })
      const spread = spreadOf(gains)
      if (!spread) return `${name}: no seed in common with ${BASELINE}.`
      const above = gains.filter((gain) => gain > 0).length
      return (
        `${name}: ${signed(spread.mean)} points of ${FIRST} against ${BASELINE} with the same seed ` +
        `(${gains.map(signed).join(', ')}), above it with ${above} of ${gains.length} seeds.`
      )
    })
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`
}

const LEGEND = [
  `Top-1: linear probe on frozen features, or the network's own classifier where it was trained with
labels. k-NN: 20 weighted neighbours. R@1: nearest training video. All at video level, 4 centre-crop
clips a video, on test videos whose background says nothing of their class.`,
  `Swapped: the linear probe's top-1 when the foreground of each test clip stands on the background of
a training video of another class. Pulled: how often it then answers with the class of that
background. Foreground alone and background alone: top-1 with the rest taken away. Masks: the sample
set's true ones.`,
]

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
    `Per cent; mean ± sample standard deviation over the seeds. Chance is ${percent(result.chance)}.`,
    ...LEGEND.map(oneLine),
    '![Top-1 of every encoder and seed](shortcut.svg)',
    '## Against MoCo',
    list.join('\n'),
    `Made with \`${made.command}\`, FAME Workbench ${made.version}, on ${result.device}.`,
  ]
    .map((part) => `${part}\n`)
    .join('\n')
}

/** The study as one HTML page that needs nothing else. */
export function studyHtml(result: StudyResult, made: Provenance): string {
  const list = findings(result).map((text) => `<li>${escapeHtml(text)}</li>`)
  const body = `<h1>${TITLE}</h1>
<p class="lead">${escapeHtml(lead(result))}</p>
${renderTable(studyTable(result))}
<p>Per cent; mean ± sample standard deviation over the seeds. Chance is ${percent(result.chance)}.</p>
${LEGEND.map((text) => `<p>${escapeHtml(oneLine(text))}</p>`).join('\n')}
<h2>${FIRST}, every seed</h2>
<figure>${studyFigure(result)}</figure>
<h2>Against ${BASELINE}</h2>
<ul>${list.join('')}</ul>
<footer>${escapeHtml(made.command)} · FAME Workbench ${escapeHtml(made.version)} ·
${escapeHtml(result.device)}</footer>`
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
    'In the training split of the sample set a background gives the motion away nine times in ten; ' +
    'in the test split it says nothing. An encoder that has learned the background scores at chance ' +
    `there, one that sees motion above it. ${trainVideos} training and ${testVideos} test videos.`
  )
}

function oneLine(text: string): string {
  return text.replace(/\n/g, ' ')
}
