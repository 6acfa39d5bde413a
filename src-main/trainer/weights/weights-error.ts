/** A file of weights that cannot be used; the message states the fact and the remedy. */
export class WeightsError extends Error {
  override name = 'WeightsError'
}
