import { expect, it } from 'vitest'
import { activationArtefact, type ActivationArtefact } from '#shared/tasks/activation/artefact.ts'

it('lists the videos of each stream under its name, and those of older evaluations under none', () => {
  const row = { videoId: 5, path: 'a.avi', label: 0, mask: 'true' as const, peakInside: true }
  const maps = (
    inside: number,
  ): Pick<ActivationArtefact, 'mapShape' | 'inside' | 'area' | 'videos'> => ({
    mapShape: [1, 2, 2],
    inside: { mean: inside, deviation: 0 },
    area: { mean: 0.2 },
    videos: [{ ...row, inside, area: 0.2 }],
  })
  const older: ActivationArtefact = {
    kind: 'activation',
    classes: ['across'],
    masks: { true: 1, corrected: 0, approved: 0, fame: 0 },
    fame: { variant: 'fame', beta: 0.5 },
    ...maps(0.3),
  }
  const both = { ...older, modality: 'rgb', others: [{ modality: 'flow', ...maps(0.4) }] }
  const table = activationArtefact.byVideo
  if (!table || !('rows' in table)) throw new Error('There is no table.')
  const cells = (content: unknown) =>
    table.rows(activationArtefact.schema.parse(content), {
      video: (id: number) => `video ${id}`,
      label: (of: number) => `class ${of}`,
    })
  expect(cells(both)).toEqual([
    [5, 'a.avi', 'across', 'rgb', 'true', 0.3, 0.2, 1],
    [5, 'a.avi', 'across', 'flow', 'true', 0.4, 0.2, 1],
  ])
  expect(cells(older)).toEqual([[5, 'a.avi', 'across', '', 'true', 0.3, 0.2, 1]])
})
