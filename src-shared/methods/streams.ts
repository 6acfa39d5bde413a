import type { PretrainConfig } from '../config/pretrain-config.ts'
import { methodNamed } from './index.ts'
import type { EvaluatedNetwork } from './method.ts'

export type Modality = EvaluatedNetwork['modality']

/** What an evaluation takes: the network of one modality, or both together. */
export type StreamChoice = Modality | 'both'

/** How each is called. */
export const streamLabels: Record<StreamChoice, string> = {
  rgb: 'colours',
  flow: 'flow',
  both: 'both streams',
}

/** The networks of a run that can be evaluated, `encoder` first. */
export function streamsOf({
  method,
  modality,
}: Pick<PretrainConfig, 'method' | 'modality'>): readonly EvaluatedNetwork[] {
  const { secondStream } = methodNamed(method)
  const encoder: EvaluatedNetwork = { modality, prefix: 'encoder.' }
  return secondStream ? [encoder, secondStream] : [encoder]
}

/**
 * The networks that a choice stands for. Where there is one network, it is that one: what it takes
 * follows from its run.
 * @throws RangeError where the run has no network of that modality
 */
export function chosenStreams(
  config: Pick<PretrainConfig, 'method' | 'modality'>,
  choice: StreamChoice,
): readonly EvaluatedNetwork[] {
  const fault = streamFault(config, choice)
  if (fault !== null) throw new RangeError(fault)
  const streams = streamsOf(config)
  if (streams.length === 1 || choice === 'both') return streams
  return streams.filter(({ modality }) => modality === choice)
}

/** Why there is no choice of streams; null where there is one. */
export function singleStream(config: Pick<PretrainConfig, 'method' | 'modality'>): string | null {
  const [{ modality }, ...others] = streamsOf(config)
  if (others.length > 0) return null
  return `This encoder has one stream: it takes ${modality === 'flow' ? 'optical flow' : 'colours'}.`
}

/** What is wrong with a choice for a run; null where nothing is. */
export function streamFault(
  config: Pick<PretrainConfig, 'method' | 'modality'>,
  choice: StreamChoice,
): string | null {
  const single = singleStream(config)
  if (single === null || choice === 'rgb' || choice === config.modality) return null
  return `stream is ${choice}. ${single} Leave out stream.`
}

/** The network of a run that looks at colours; null where all of them take flow. */
export function colourStream(
  config: Pick<PretrainConfig, 'method' | 'modality'>,
): EvaluatedNetwork | null {
  return streamsOf(config).find(({ modality }) => modality === 'rgb') ?? null
}
