/** Warnings of one file that are told one by one. */
const EACH = 20

/** Gathers warnings about files; of a file with very many it tells the first and counts the rest. */
export class Warnings {
  private readonly files = new Map<string, { told: string[]; more: number }>()

  /** @param line counted from 1; null when the whole file is meant. */
  add(file: string, line: number | null, text: string): void {
    const entry = this.files.get(file) ?? { told: [], more: 0 }
    this.files.set(file, entry)
    if (entry.told.length === EACH) entry.more++
    else entry.told.push(`${file}${line === null ? '' : `:${line}`}: ${text}`)
  }

  list(): string[] {
    return [...this.files].flatMap(([file, { told, more }]) =>
      more > 0 ? [...told, `${file}: and ${more} more like these`] : told,
    )
  }
}
