/** A short-lived process that loads FFmpeg and prints its version as JSON. */
import { getFFmpegInfo } from 'node-av/lib'

const { version, libraries } = getFFmpegInfo()
process.stdout.write(`${JSON.stringify({ version, avcodec: libraries.avcodec })}\n`)
