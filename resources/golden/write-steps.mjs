/**
 * Writes `steps.json.gz`: one training step of each method for which reference figures exist, in the
 * names of the workbench. It reads `networks.json.gz` and `steps-more.json.gz` beside it, whose
 * figures were computed in float64 with PyTorch. Run it with `node resources/golden/write-steps.mjs`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'

const at = (name) => join(import.meta.dirname, name)
const read = (name) => JSON.parse(gunzipSync(readFileSync(at(name))).toString())
const networks = read('networks.json.gz')
const more = read('steps-more.json.gz')

const renameKeys = (figures, rename) =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [rename(name), value]))
const starts = (parameters, formula, rename, shift = 0) =>
  parameters.map(([name, shape], k) => ({ name: rename(name), shape, formula, k: k + shift }))

/** @param head the reference's names of the layers 0 and 2 of the head */
function moco(figures, model, head) {
  const { moco: step, parameters } = figures
  const own = (name) => {
    const layer = head.findIndex((prefix) => name.startsWith(prefix))
    return layer < 0 ? `encoder.${name}` : name.replace(head[layer], `head.${2 * layer}.`)
  }
  const first = starts(parameters, 'sine', own)
  return {
    title: `Symmetric MoCo step, ${model}`,
    method: 'moco',
    settings: {
      model,
      projectionSize: 128,
      frames: 16,
      size: 112,
      queue: step.queue_size,
      temperature: step.temperature,
      keyMomentum: step.momentum,
      keyMomentumSchedule: 'constant',
      shuffleBN: false,
      headStart: 'reference',
      merge: 'none',
      batch: 2,
    },
    views: 'mirrored',
    optimiser: optimiser(step.sgd, true),
    lr: step.sgd.lr,
    start: [
      ...first,
      ...first.map((entry) => ({ ...entry, name: `ema.${entry.name}` })),
      { name: 'queue', shape: [128, step.queue_size], formula: 'queue', k: 0 },
    ],
    metrics: { loss: [step.loss, 1e-3, 5e-2] },
    // Badly conditioned: layers that normalise over 16 numbers turn rounding of 1e-7 into per cent, in
    // PyTorch as here. The median tells a wrong gradient all the same.
    gradients: { l2: renameKeys(step.gradient_l2, own), share: 0.5, limits: [0.1, null], decay: 0 },
    after: { l2: renameKeys(step.parameter_l2_after_step, own), limits: [1e-5, 1e-3] },
  }
}

function optimiser({ momentum, weight_decay }, decayVectors) {
  return { optimiser: 'sgd', momentum, weightDecay: weight_decay, decayVectors, clipNorm: 0 }
}

function cvrl(figures) {
  const own = (name) => name.replace(/^projector\./, 'head.')
  return {
    title: 'CVRL step, r3d_50',
    method: 'cvrl',
    settings: {
      model: 'r3d_50',
      frames: 8,
      size: 56,
      hiddenSize: 256,
      temperature: figures.temperature,
      merge: 'none',
      batch: 8,
    },
    views: 'corners',
    optimiser: optimiser(
      { momentum: figures.sgd.momentum, weight_decay: figures.weight_decay_in_loss },
      false,
    ),
    lr: figures.sgd.lr,
    start: starts(figures.parameters, 'square', own),
    metrics: {
      loss: [figures.loss_a + figures.loss_b, 5e-4, 0.15],
      accuracy: [figures.contrast_accuracy, 1e-6, 0.3],
      entropy: [figures.contrast_entropy, 1e-3, 0.1],
    },
    gradients: {
      l2: renameKeys(figures.gradient_l2, own),
      share: 1,
      limits: [2e-2, null],
      decay: figures.weight_decay_in_loss,
    },
    after: {
      l2: renameKeys(
        {
          ...figures.parameter_l2_after_step,
          ...figures.running_mean_l2_after_step,
          ...figures.running_var_l2_after_step,
        },
        own,
      ),
      limits: [1e-2, 0.2],
    },
  }
}

function byol(figures) {
  const own = (name) => name.replace(/^online\./, '').replace(/^projector\./, 'head.')
  const ofTarget = figures.parameters.filter(([name]) => name.startsWith('online.'))
  const target = (name) => `ema.${own(name)}`
  return {
    title: 'BYOL step, r3d_18',
    method: 'byol',
    settings: {
      model: 'r3d_18',
      frames: 8,
      size: 56,
      projectionSize: 64,
      hiddenSize: 256,
      targetMomentum: figures.ema,
      targetMomentumSchedule: 'constant',
      merge: 'none',
      batch: 8,
    },
    views: 'corners',
    optimiser: optimiser(figures.sgd, false),
    lr: figures.sgd.lr,
    start: [
      ...starts(figures.parameters, 'square', own),
      ...starts(ofTarget, 'square', target, 0.5),
    ],
    metrics: { loss: [figures.loss, 1e-4, 5e-2] },
    gradients: {
      l2: renameKeys(figures.gradient_l2, own),
      share: 1,
      limits: [5e-3, null],
      decay: 0,
    },
    after: { l2: renameKeys(figures.parameter_l2_after_step, own), limits: [1e-3, 1e-2] },
    next: {
      loss: [figures.loss_after_step, 1e-2, 0.2],
      l2: renameKeys(figures.target_l2_after_step, target),
      limits: [1e-3, 1e-2],
    },
  }
}

const steps = [
  moco(networks.r2plus1d_18, 'r2plus1d_18', ['fc.0.', 'fc.2.']),
  moco(networks.I3D, 'i3d', ['id_head.2.', 'id_head.4.']),
  cvrl(more.cvrl),
  byol(more.byol),
]
writeFileSync(at('steps.json.gz'), gzipSync(JSON.stringify(steps), { level: 9 }))
