import { stem } from './files.ts'

/**
 * A name reduced to what people keep when they copy, convert or retype it: letters and digits, case
 * and accents' encoding aside. `Handstand_Pushups` and `HandStandPushups` are equal under it.
 */
export function plainName(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
}

/** What a class's video is found by in lists, whatever its container: its class and its bare name. */
export function videoKey(className: string, file: string): string {
  const name = stem(file)
  return `${plainName(className)}/${plainName(name) || name}`
}

/** The same function, which works for each of a few hundred names once. */
export function remembered(work: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>()
  return (name) => {
    const value = known.get(name) ?? work(name)
    known.set(name, value)
    return value
  }
}
