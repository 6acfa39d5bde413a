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

/** Heads of the columns that have them. */
export const factHeads = [
  { name: 'pretrained', label: 'Pretrained on' },
  { name: 'network', label: 'Network' },
  { name: 'input', label: 'Input' },
  { name: 'epochs', label: 'Epochs' },
] as const satisfies { name: keyof EncoderFacts; label: string }[]

/** More columns than these do not fit beside the scores on most screens. */
export const usualFacts: readonly string[] = ['pretrained', 'epochs']

/** Of an encoder that was evaluated here. */
export function encoderFacts(
  { runId }: { runId: number | null },
  { runs, datasets }: { runs: readonly Run[]; datasets: readonly Dataset[] },
): EncoderFacts {
  const run = runs.find(({ id }) => id === runId)
  if (!run)
    return { pretrained: runId === null ? 'nothing' : '—', network: '—', input: '—', epochs: '—' }
  const { config, datasetId, step, totalSteps } = run
  const imported = isImported(run)
  const dataset = datasets.find(({ id }) => id === datasetId)
  return {
    pretrained: imported
      ? 'elsewhere'
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
