export interface DiveAttribute {
  name: 'take-off' | 'movement' | 'rotation' | 'entry'
  label: string
  /** Its values, in the order of the classes. */
  values: string[]
  /** The value of each class, as its place in `values`. */
  groupOf: number[]
}

const labels = {
  'take-off': 'Take-off',
  movement: 'Movement (somersaults)',
  rotation: 'Rotation (twists)',
  entry: 'Entry (position)',
} as const

/**
 * What the classes of Diving48 are made of (Li et al., RESOUND, ECCV 2018), such as
 * `Back 15som 05Twis FREE`; null where the classes are not of that kind.
 */
export function diveAttributes(classes: readonly string[]): DiveAttribute[] | null {
  const words = classes.map((name) => name.trim().split(/\s+/))
  const isDive = words.every((parts) => parts.length === 4 && /twis/i.test(parts[2] ?? ''))
  if (!isDive || classes.length === 0) return null
  return (['take-off', 'movement', 'rotation', 'entry'] as const).map((name, at) => {
    const values = [...new Set(words.map((parts) => parts[at] ?? ''))]
    return {
      name,
      label: labels[name],
      values: values.map(diveWord),
      groupOf: words.map((parts) => values.indexOf(parts[at] ?? '')),
    }
  })
}

/** `15som` -> `1.5 somersaults`, `05Twis` -> `0.5 twists`; other words stay. */
function diveWord(word: string): string {
  const parts = /^(\d+)(som|twis)$/i.exec(word)
  if (!parts) return /^notwis$/i.test(word) ? 'no twist' : word
  const digits = parts[1] ?? ''
  const count = digits.length === 1 ? digits : `${digits.slice(0, -1)}.${digits.slice(-1)}`
  const unit = parts[2]?.toLowerCase() === 'som' ? 'somersault' : 'twist'
  return `${count} ${unit}${count === '1' ? '' : 's'}`
}
