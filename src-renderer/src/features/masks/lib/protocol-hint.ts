import type { PropagationProtocol } from '#shared/tracking/label-propagation.ts'

/** What a protocol compares a frame with, in one sentence. */
export function protocolHint({
  context,
  window,
  windowInFirst,
  topK,
}: PropagationProtocol): string {
  const places = windowInFirst
    ? `and the first one, within a ${window}`
    : `within a ${window} and with all of the first one`
  return `Compares with ${context} earlier frames ${places}; takes the ${topK} most similar cells.`
}
