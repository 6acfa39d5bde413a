/**
 * What a file lacks by its container's own account:
 * - `pictures`: part of a block of pictures, or of a packet, is not there
 * - `end`: the mark that ends every whole file of this kind is not there, so pictures may be missing
 * - `something`: bytes are missing that may hold anything, such as an index alone
 * - `nothing`: all is there, or the container cannot tell
 */
export type Missing = 'pictures' | 'end' | 'something' | 'nothing'
