import { closeSync, openSync, readSync } from 'node:fs'
import { InputFormat } from 'node-av/lib'

/**
 * Demuxers that may open a file: those of containers and streams that hold their own pictures. All
 * others are refused, above all those that read what a file names: playlists (HLS, DASH), scripts
 * (ffconcat), sessions (SDP, RTSP), compositions (IMF), sequences of pictures, volumes (MLV), devices
 * and filter graphs. FFmpeg knows an entry by any of a demuxer's names.
 */
const CONTAINERS = [
  // Today's containers
  ...['mov', 'matroska', 'avi', 'asf', 'asf_o', 'flv', 'live_flv', 'kux', 'mpeg', 'mpegts'],
  ...[
    'ogg',
    'mxf',
    'gxf',
    'dv',
    'rm',
    'nut',
    'ivf',
    'gif',
    'apng',
    'webp_anim',
    'wtv',
    'ty',
    'pva',
  ],
  // Streams without a container
  ...['mpegvideo', 'm4v', 'h261', 'h263', 'h264', 'hevc', 'vvc', 'evc', 'av1', 'obu', 'apv'],
  ...['vc1', 'vc1test', 'dirac', 'cavsvideo', 'avs2', 'avs3', 'dnxhd', 'mjpeg', 'mjpeg_2000'],
  ...['smjpeg', 'yuv4mpegpipe'],
  // Containers of older cameras, games and programs
  ...['nsv', 'nuv', 'swf', 'vivo', 'ivr', 'r3d', 'lxf', 'mtv', 'pmp', 'flic', 'film_cpk', 'roq'],
  ...['idcin', 'smk', 'bink', '4xm', 'vmd', 'xmv', 'wc3movie', 'ea', 'thp', 'mv', 'bethsoftvid'],
  ...['c93', 'anm', 'cdxl', 'rl2', 'siff', 'smush', 'tmv', 'yop', 'lvf', 'dxa', 'dsicin', 'iv8'],
  ...['jv', 'ipmovie', 'psxstr', 'usm', 'hnm', 'paf', 'mods', 'moflex', 'avs', 'sga'],
  ...['tiertexseq', 'filmstrip', 'ingenient'],
]

/** What FFmpeg's option `format_whitelist` takes. */
export const CONTAINER_LIST = CONTAINERS.join(',')

/** Bytes by which FFmpeg is asked what a file is, and zeros that it wants behind them. */
const HEAD = 64 * 1024
const PADDING = 64

/**
 * FFmpeg's name for what the file seems to be, where that is nothing that is opened; null where it is
 * a container or cannot be told.
 */
export function foreignFormat(path: string): string | null {
  const head = Buffer.alloc(HEAD + PADDING)
  const file = openSync(path, 'r')
  try {
    readSync(file, head, 0, HEAD, 0)
  } finally {
    closeSync(file)
  }
  const name = InputFormat.probe(head, path)?.name
  if (!name) return null
  return name.split(',').some((part) => CONTAINERS.includes(part)) ? null : name
}
