/** A rank that is silent for so long is lost, in ms; `FAME_LOST_AFTER` says it in seconds. */
export const LOST_AFTER = 1000 * (Number(process.env.FAME_LOST_AFTER) || 20)
/** A main thread that does nothing for so long stands still, in ms; its rank then falls silent. */
export const STILL_AFTER = LOST_AFTER / 4
/** Time within which ranks that were started together must have met, in ms. */
export const MEET_WITHIN = 3 * LOST_AFTER
