/** How an encoder is evaluated. */
export const PROTOCOLS = ['linear', 'retrieval'] as const
