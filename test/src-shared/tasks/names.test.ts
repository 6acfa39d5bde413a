import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PROTOCOLS } from '#shared/tasks/index.ts'

const root = join(import.meta.dirname, '../../..')

/** Where tasks are described and implemented. */
const HOMES = ['src-shared/tasks/', 'src-main/trainer/tasks/']

/** Files that say the name of a task, or a word that is spelled like one, and why. */
const EXCEPTIONS: Record<string, readonly string[]> = {
  // Experiments and benchmarks state which tasks they run.
  'src-main/bench/host/big-project.ts': ['activation', 'linear', 'map'],
  'src-main/bench/host/operations.ts': ['activation', 'map'],
  'src-main/demo/demo.ts': ['linear', 'retrieval'],
  'src-main/study/methods.ts': ['finetune'],
  'src-main/study/shortcut-plan.ts': ['background', 'knn', 'linear', 'retrieval'],
  'src-main/study/shortcut.ts': ['finetune'],
  // The k-NN accuracy that is measured while a run goes on is a metric of the run.
  'src-main/trainer/training/pretrain.ts': ['knn'],
  'src-shared/metrics/catalogue.ts': ['knn'],
  // The trainer's own kernels, written in C++.
  'src-main/base/processes/entry-path.ts': ['kernels'],
  'src-main/hosts/cli/bench/bench-kernels.ts': ['kernels'],
  'src-main/trainer/engine/kernels.ts': ['kernels'],
  'src-main/trainer/engine/registry.ts': ['kernels'],
  'src-main/training-setup/events.ts': ['kernels'],
  'src-main/training-setup/setup-progress.ts': ['kernels'],
  // The scale of an axis.
  'src-renderer/src/charts/curve-chart.ts': ['linear'],
  'src-renderer/src/features/runs/components/curves/CurveMenu.vue': ['linear'],
  // The clip that lends a merged view its background.
  'src-renderer/src/features/runs/components/pairs/ViewCard.vue': ['background'],
  'src-shared/contract/drawn-views.ts': ['background'],
  // The network that generates what stands still in a clip.
  'src-main/trainer/methods/videogan.ts': ['background'],
  'src-main/trainer/methods/videogan/networks.ts': ['background'],
  'src-shared/methods/videogan.ts': ['background'],
  // Parts of the reference's code.
  'src-shared/config/reference-differences.ts': ['finetune', 'linear', 'retrieval'],
}

function sources(): string[] {
  return ['src-shared', 'src-main', 'src-renderer', 'src-preload']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
        join(folder, path).replaceAll('\\', '/'),
      ),
    )
    .filter((path) => /\.(ts|mts|mjs|js|vue)$/.test(path))
}

/** Names of tasks in quotes. In a template double quotes are those of HTML: `class="map"`. */
function namesIn(path: string): string[] {
  const quotes = path.endsWith('.vue') ? "['`]" : '[\'"`]'
  const pattern = new RegExp(`(${quotes})(${PROTOCOLS.join('|')})\\1`, 'g')
  const found = readFileSync(join(root, path), 'utf8').matchAll(pattern)
  return [...new Set(Array.from(found, ([, , name]) => name))].sort()
}

it('are said nowhere but in the descriptor, the implementation and what is listed here', () => {
  const elsewhere = sources()
    .filter((path) => !HOMES.some((home) => path.startsWith(home)))
    .map((path) => [path, namesIn(path)] as const)
    .filter(([, names]) => names.length > 0)
  expect(Object.fromEntries(elsewhere)).toEqual(EXCEPTIONS)
})
