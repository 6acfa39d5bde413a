/** A value of a setting that cannot be used; the message states the fact and the remedy. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}
