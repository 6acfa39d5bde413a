/** What set-up says: on stderr, so that a command's own output stays clean. */

/** How set-up is tried again: by a button of the page where the workbench runs from a package. */
export const again = process.env.FAME_SETUP
  ? 'choose “Set up training” again'
  : 'run `npm run setup`'

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
   * What people should know although nothing failed.
   * @param {string} text sentences
   */
  warning(text) {
    this.line(`  Warning: ${text}`)
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

  /**
   * A step begins, or a part of the work is so far; for reports that a program reads.
   * @type {(step: string) => void}
   */
  begin = () => {}

  /**
   * `name` is `download`, `unpack`, `check` or `kernels`; `total` is null where it is not known.
   * @type {(name: string, done: number, total: number | null) => void}
   */
  phase = () => {}

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

/** What a program reads: an event a line, as JSON. */
export class JsonReport extends Report {
  /** @param {object} event */
  send(event) {
    this.stream.write(`${JSON.stringify(event)}\n`)
  }

  /** @param {string} text @override */
  line(text) {
    this.send({ type: 'line', text: text.trim() })
  }

  /** @param {string} text @override */
  warning(text) {
    this.send({ type: 'warning', text })
  }

  /** What comes as phases is not said twice. @override */
  progress() {}

  /** @override */
  begin = (/** @type {string} */ step) => this.send({ type: 'step', step })

  /** @override @type {Report['phase']} */
  phase = (name, done, total) => this.send({ type: 'phase', name, done, total })

  /** @param {unknown} error @override */
  failure(error) {
    const known = error instanceof SetupError
    const fact = error instanceof Error ? error.message : String(error)
    const remedy = known ? error.remedy : `To try again, ${again}.`
    this.send({ type: 'failure', fact, remedy, details: known ? error.details : '' })
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
