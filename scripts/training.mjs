/**
 * `node scripts/training.mjs [--check]`: sets up what training needs, for a program that reads events,
 * a JSON object a line. A package runs it on its first start, with `FAME_SETUP` naming the folder that
 * everything goes to. `--check` only says whether something is to be done. It ends when its stdin does,
 * which the program that started it holds open.
 */
import { allReady, prepare, Setup } from './lib/context.mjs'
import { knownPython } from './lib/known-wheels.mjs'
import { JsonReport } from './lib/report.mjs'
import { needs } from './lib/space.mjs'
import { readStamp, stampFile } from './lib/stamp.mjs'
import { kernels } from './lib/steps/kernels.mjs'
import { registry } from './lib/steps/registry.mjs'
import { tensorflow } from './lib/steps/tensorflow.mjs'
import { cachedLibrary, tensorflowVersion, wantedKind } from './lib/tensorflow-library.mjs'

const isCheck = process.argv.includes('--check')
const report = new JsonReport(process.stdout)
/** TensorFlow is fetched on Linux only; elsewhere the user may name one that is installed. */
const isSupported = process.platform === 'linux' || Boolean(process.env.FAME_TENSORFLOW)
const setup = new Setup({ report, retry: !isCheck })
const steps = [tensorflow, kernels, registry]

if (isCheck) {
  try {
    report.send({ type: 'state', ...(await state()) })
  } catch (error) {
    report.failure(error)
  }
} else {
  process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM')).resume()
  await prepare(steps, setup)
  report.send({ type: 'done', available: isAvailable() })
  process.exit(isAvailable() ? 0 : 1)
}

/** What there is, and what is to be fetched for the rest. */
async function state() {
  const kind = await wantedKind(setup, { library: '', kind: setup.env.FAME_TENSORFLOW_KIND ?? '' })
  const isThere = cachedLibrary(setup.places.cache, kind) !== null
  const { download, disk } = needs[kind]
  const isKnown = kind === 'cpu' && knownPython(`tensorflow-cpu==${tensorflowVersion}`) !== null
  return {
    supported: isSupported,
    hasKnownHash: isKnown,
    available: isAvailable() && (await tensorflow.ready(setup)),
    complete: isAvailable() && (await allReady(steps, setup)),
    kind,
    download: isThere ? 0 : download,
    disk,
  }
}

function isAvailable() {
  return readStamp(stampFile(setup.places, 'tensorflow'))?.available === true
}
