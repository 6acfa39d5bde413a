/**
 * For which sources and which TensorFlow kernels were built. Set-up, which runs before anything can
 * strip types, reads this file as the trainer does.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/**
 * Every source and header of the kernels, sorted.
 * @param {string} root of the installation
 * @returns {string[]} none where they do not come with it
 */
export function kernelSources(root) {
  const folder = join(root, 'src-main', 'trainer', 'native')
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => /\.(cc|h)$/.test(name))
  return names.sort().map((name) => join(folder, name))
}

/**
 * @param {string} root of the installation
 * @param {unknown} binding what set-up noted of TensorFlow's binding
 * @param {string} file name of the kernels, which stands for the processor
 * @returns {string} SHA-256, as hexadecimal
 */
export function kernelKey(root, binding, file) {
  const hash = createHash('sha256')
  for (const source of kernelSources(root)) {
    hash.update(relative(root, source)).update('\0').update(readFileSync(source)).update('\0')
  }
  const what = [hash.digest('hex'), binding, file]
  return createHash('sha256').update(what.join('\n')).digest('hex')
}
