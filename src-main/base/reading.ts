/**
 * Version of the rules by which videos are read. Raise it when a file may give other pictures, another
 * size or another count of frames than before. Rows of an older version are then read again by the
 * next indexing, and thumbnails, motion energy, decoded videos and features are made again.
 *
 * - 1: BT.601 for every video, pictures as they are stored
 * - 2: colours by their tags, pictures as they are shown
 */
export const READING = 2
