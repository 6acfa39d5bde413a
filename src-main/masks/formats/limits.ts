/**
 * What one file of masks may ask for. Each size is checked before memory is taken for it; the
 * process that reads the file is ended should it grow beyond `MOST_MEMORY` all the same.
 */

/** Pixels of a mask: as many as a picture may have. */
export { MOST_PIXELS } from '../../base/pictures/png-header.ts'
/** Run lengths of a mask. Noise has more; what a person or a network marks has far fewer. */
export const MOST_RUNS = 250_000
/** Bytes of one annotation, image or window of a JSON file. */
export const LONGEST_ELEMENT = 64 * 2 ** 20
/** Bytes of a key of the outermost object of a JSON file. */
export const LONGEST_KEY = 2 ** 16
/** Arrays and objects of a JSON file that lie within each other. */
export const DEEPEST = 64
/** Bytes, unpacked, of the arrays of an .npz that have a value a window. */
export const MOST_COLUMN_BYTES = 256 * 2 ** 20
/** Bytes, unpacked, of the masks of all frames of a clip. */
export const MOST_FRAMES_BYTES = 256 * 2 ** 20
/** Characters of one text of an .npz array. */
export const LONGEST_TEXT = 16_384
/** Bytes of the list of entries of a ZIP archive: about a million of them. */
export const LONGEST_DIRECTORY = 64 * 2 ** 20
/** Bytes of the process that reads a file. */
export const MOST_MEMORY = 2 ** 30
