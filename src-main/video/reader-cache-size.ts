/** Readers that a decoder process keeps open; the host steers jobs by the same number. */
export const OPEN_READERS = 4
