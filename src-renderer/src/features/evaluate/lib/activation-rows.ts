import { streamLabels } from '#shared/methods/streams.ts'
import type { ActivationArtefact } from '#shared/tasks/activation/artefact.ts'

/** One encoder whose activation is shown. */
export interface ActivationEncoder {
  /** Unique among those that are shown. */
  key: string
  /** Of the evaluation. */
  id: number
  name: string
  colour: string
  artefact: ActivationMaps
}

type ActivationMaps = Pick<ActivationArtefact, 'videos' | 'inside' | 'area'>

/** The networks of an evaluation; with several, each is named by what it takes. */
export function activationEncoders(
  { id, name }: Pick<ActivationEncoder, 'id' | 'name'>,
  artefact: ActivationArtefact,
): Omit<ActivationEncoder, 'colour'>[] {
  const { others = [], modality = 'rgb' } = artefact
  if (others.length === 0) return [{ key: String(id), id, name, artefact }]
  return [{ ...artefact, modality }, ...others].map((maps) => ({
    key: `${id} ${maps.modality}`,
    id,
    name: `${name}: ${streamLabels[maps.modality]}`,
    artefact: maps,
  }))
}

type ActivationVideo = ActivationArtefact['videos'][number]

/** One video as every encoder saw it; null for one that has no pictures of it. */
export interface ActivationRow {
  videoId: number
  path: string
  label: number
  seen: (ActivationVideo | null)[]
}

export type RowOrder = 'index' | 'inside' | 'outside'

/** The videos of which the first encoder has pictures. */
export function activationRows(encoders: readonly ActivationEncoder[]): ActivationRow[] {
  const [first] = encoders
  const pictured = (encoder: ActivationEncoder, videoId: number) =>
    encoder.artefact.videos.find((video) => video.videoId === videoId && video.pictures) ?? null
  return (first?.artefact.videos ?? [])
    .filter(({ pictures }) => pictures)
    .map(({ videoId, path, label }) => ({
      videoId,
      path,
      label,
      seen: encoders.map((encoder) => pictured(encoder, videoId)),
    }))
}

/** By how much more lies in the foreground than an even map would have there, to the first encoder. */
export function orderRows(rows: readonly ActivationRow[], order: RowOrder): ActivationRow[] {
  if (order === 'index') return [...rows]
  const gain = ({ seen: [first] }: ActivationRow) => (first ? first.inside - first.area : 0)
  const sign = order === 'inside' ? -1 : 1
  return rows.toSorted((a, b) => sign * (gain(a) - gain(b)))
}
