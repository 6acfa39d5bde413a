import { printParts, type WrittenPart } from '../../settings/parts.ts'

const CONTRAST = {
  method: 'moco',
  weight: 1,
  headStart: 'uniform',
  keyMomentum: 0.95,
  projectionSize: 64,
  queue: 192,
} as const

/** For the sample set: the values of each part are those of its method's own recipe. */
export const combinations: Readonly<Record<string, readonly WrittenPart[]>> = {
  'rotation-moco': [{ method: 'rotation', weight: 1, turnsOfClip: 'one' }, CONTRAST],
  'pace-moco-fame': [
    { method: 'pace', weight: 1, merge: 'none' },
    { ...CONTRAST, merge: 'query' },
  ],
  'moco-simclr': [CONTRAST, { method: 'simclr', weight: 1, projectionSize: 64 }],
}

/** Their texts, by name. */
export const combinationTexts: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(combinations).map(([name, parts]) => [name, printParts(parts)]),
)

/** The list that a run has unless another is asked for. */
export const [USUAL] = Object.values(combinations)
