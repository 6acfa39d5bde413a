/** Epochs as they are typed: numbers that rise, separated by spaces; none where it is empty. */
const LIST = /^(\d+(\.\d+)?( \d+(\.\d+)?)*)?$/

/** What a setting says of itself whose value is such a list. */
export const epochList = {
  max: 200,
  form: { pattern: LIST, says: 'expected epochs separated by spaces, such as 120 160.' },
} as const

/** @throws nothing: a list that was checked */
export function epochsOf(list: string): number[] {
  return list === '' ? [] : list.split(' ').map(Number)
}
