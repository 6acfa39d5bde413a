/**
 * Endings of files that FFmpeg opens as videos. `.ogg` is left out, since it is mostly sound; so are
 * streams without a container (`.h264`), which have no frame times.
 */
const ENDINGS = [
  ...['avi', 'divx', 'xvid', 'mp4', 'm4v', 'mov', 'qt', 'mkv', 'mk3d', 'webm', '3gp', '3g2', 'f4v'],
  ...['mpg', 'mpeg', 'mpe', 'mpv', 'm1v', 'm2v', 'vob', 'evo', 'ts', 'mts', 'm2ts', 'm2t', 'trp'],
  ...['wmv', 'asf', 'dvr-ms', 'wtv', 'flv', 'rm', 'rmvb', 'ogv', 'ogm', 'gif', 'mxf', 'gxf', 'dv'],
  ...['y4m', 'nut', 'ivf', 'amv', 'nsv', 'nuv', 'roq', 'mjpeg', 'mjpg', 'lrv', 'insv'],
]

/** Names may hold anything, line breaks too. */
const VIDEO = new RegExp(`.\\.(${ENDINGS.join('|')})$`, 'is')

/** Lists and notes lie beside videos in every data set: leaving them out needs no word. */
const DOCUMENT = /\.(txt|csv|tsv|jsonl?|md|pdf)$/i

/** What systems put into folders. */
const SYSTEM = /^(Thumbs\.db|desktop\.ini|lost\+found)$/i

/** Whether a file's name says that it is a video. */
export function isVideoName(name: string): boolean {
  return VIDEO.test(name)
}

/** Whether a user would miss this file if the index left it out without a word. */
export function isWorthTelling(name: string): boolean {
  return !DOCUMENT.test(name) && !SYSTEM.test(name)
}
