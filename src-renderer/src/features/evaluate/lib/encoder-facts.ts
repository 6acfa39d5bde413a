import { isImported } from '#shared/config/presets.ts'
import { encoders } from '#shared/encoders/index.ts'
import type { Run } from '#shared/contract/runs.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { benchmarkOf, type PublishedRow } from '#shared/report/published.ts'

/** What numbers hang on besides the method, as it is read in a table; '—' where it is not said. */
export interface EncoderFacts {
  pretrained: string
  network: string
  /** Frames x height x width. */
  input: string
  epochs: string
}

const UNTRAINED = 'nothing'
const ELSEWHERE = 'elsewhere'

function printOrigin(value: string): string {
  if (value === UNTRAINED) return 'not pretrained'
  return value === ELSEWHERE ? 'pretrained elsewhere' : `on ${value}`
}

/** How each is called as a choice, and printed below the name of an encoder. */
export const factHeads = [
  { name: 'pretrained', label: 'Pretrained on', print: printOrigin },
  { name: 'network', label: 'Network', print: (value: string) => value },
  { name: 'input', label: 'Input', print: (value: string) => value },
  { name: 'epochs', label: 'Epochs', print: (value: string) => `${value} epochs` },
] as const satisfies {
  name: keyof EncoderFacts
  label: string
  print: (value: string) => string
}[]

/** More than these take several lines below most names. */
export const usualFacts: readonly string[] = ['pretrained', 'epochs']

/** Of an encoder that was evaluated here. */
export function encoderFacts(
  { runId }: { runId: number | null },
  { runs, datasets }: { runs: readonly Run[]; datasets: readonly Dataset[] },
): EncoderFacts {
  const run = runs.find(({ id }) => id === runId)
  if (!run)
    return { pretrained: runId === null ? UNTRAINED : '—', network: '—', input: '—', epochs: '—' }
  const { config, datasetId, step, totalSteps } = run
  const imported = isImported(run)
  const dataset = datasets.find(({ id }) => id === datasetId)
  return {
    pretrained: imported
      ? ELSEWHERE
      : dataset
        ? (benchmarkOf(dataset.format, dataset.classes.length) ?? dataset.name)
        : '—',
    network: encoders[config.model]?.label ?? config.model,
    input: `${config.frames}x${config.size}x${config.size}`,
    epochs: imported ? '—' : String(Math.round((config.epochs * step) / totalSteps)),
  }
}

/** Of a published result. */
export function publishedFacts({ pretrain, backbone, input }: PublishedRow): EncoderFacts {
  return { pretrained: pretrain, network: backbone, input: input || '—', epochs: '—' }
}
