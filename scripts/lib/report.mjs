/** What set-up says: on stderr, so that a command's own output stays clean. */

/**
 * An error that states the fact and the remedy.
 */
export class SetupError extends Error {
  /**
   * @param {string} fact
   * @param {string} remedy
   * @param {string} [details] the end of a command's output
   */
  constructor(fact, remedy, details = '') {
    super(fact)
    this.name = 'SetupError'
    this.remedy = remedy
    this.details = details
  }
}

export class Report {
  /** @param {{ write(text: string): unknown, isTTY?: boolean }} [stream] */
  constructor(stream = process.stderr) {
    this.stream = stream
    this.passing = false
  }

  /** @param {string} text */
  line(text) {
    this.clear()
    this.stream.write(`${text}\n`)
  }

  /**
   * News that the next news replaces on a terminal; elsewhere a line of its own.
   * @param {string} text
   */
  progress(text) {
    if (!this.stream.isTTY) return this.line(text)
    this.stream.write(`\r\x1b[K${text}`)
    this.passing = true
  }

  /** @param {unknown} error */
  failure(error) {
    if (!(error instanceof SetupError))
      return this.line(error instanceof Error ? `${error.stack}` : `${error}`)
    if (error.details) this.line(indent(error.details))
    this.line(`  What failed: ${error.message}`)
    this.line(`  What to do:  ${error.remedy}`)
  }

  clear() {
    if (this.passing) this.stream.write('\r\x1b[K')
    this.passing = false
  }
}

/** @param {string} text */
function indent(text) {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  | ${line}`)
    .join('\n')
}
