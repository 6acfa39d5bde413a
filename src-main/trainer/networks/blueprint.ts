import type { Rng } from '#shared/random/rng.ts'
import type { Engine } from '../engine/engine.ts'
import { batchNorm } from '../engine/ops/batch-norm.ts'
import type { NormOptions } from '../engine/ops/norm-options.ts'
import { conv, upConv } from '../engine/ops/conv.ts'
import type { ConvGeometry, Triple } from '../engine/ops/conv-geometry.ts'
import { addBias } from '../engine/ops/elementwise.ts'
import { linear } from '../engine/ops/linear.ts'
import { paddingOf, type PaddingRule } from '../engine/ops/padding.ts'
import { vectorNorm } from '../engine/ops/vector-norm.ts'
import type { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import { constant, uniformByFanIn, type Initialiser } from './initial.ts'
import type { Layout } from './layout.ts'

/** One entry of a network's state, under PyTorch's name. */
export interface Entry extends Layout {
  name: string
  /** Trained; otherwise a running statistic. */
  trained: boolean
  /** Read in the element type of the convolutions; otherwise in the master type. */
  compute: boolean
  initial: Initialiser
  /** What all of it is where a file of weights lacks it; left out where it must be there. */
  absent?: number
}

/** Which residual branches of a transformer are left out while it trains. */
export interface PathDrop {
  /** Probability for the last block, in [0, 1); it rises linearly from 0 for the first. */
  rate: number
  rng: Rng
}

/** What a layer needs to run: the tape, and the state entries that it declared. */
export interface Pass {
  readonly engine: Engine
  readonly tape: Tape
  readonly training: boolean
  /** Left out where no branch is. */
  readonly pathDrop?: PathDrop
  get(entry: Entry): Tensor
  /** Puts a new running statistic in place of the old. */
  set(entry: Entry, value: Tensor): void
}

export interface Layer {
  (pass: Pass, x: Tensor): Tensor
  /** Of a sequence: the layers one after the other. */
  parts?: readonly Layer[]
}
/** A layer that adds a shortcut before its ReLU, when it is given one. */
export type JoiningLayer = (pass: Pass, x: Tensor, shortcut?: Tensor) => Tensor

export interface ConvOptions extends Omit<ConvGeometry, 'padding'> {
  /** Zeros before and after along each axis, or a rule for them, which may depend on the size of x. */
  padding: ConvGeometry['padding'] | PaddingRule
  inputs: number
  outputs: number
  /** Channels inside, padding included; by default as many as there are. */
  innerInputs?: number
  innerOutputs?: number
  initial: Initialiser
  /** How its bias starts; without one, it has none. */
  bias?: Initialiser
}

/** A transposed convolution as PyTorch describes it. */
export interface UpConvOptions {
  inputs: number
  outputs: number
  kernel: Triple
  stride: Triple
  /** By how much both ends of the result are cut. */
  padding: Triple
  /** By how much the end of the result is longer: less than the stride. Default 0. */
  outputPadding?: Triple
  initial: Initialiser
  /** How its bias starts; without one, it has none. */
  bias?: Initialiser
}

/** ReLU after, and the numbers of the normalisation. */
export interface NormChoices extends Pick<NormOptions, 'relu' | 'epsilon' | 'momentum'> {
  /** Channels inside, with padding; by default as many as there are. */
  inner?: number
  /** Initial value of the scale. Default 1. */
  start?: number
}

/** How a linear layer's parameters start. */
export interface LinearInitial {
  weight: Initialiser
  bias: Initialiser
}

export interface LinearOptions {
  /** Default: PyTorch's. */
  initial?: LinearInitial
  /** Whether it has a bias. Default true. */
  bias?: boolean
}

/** PyTorch's default. */
function byFanIn(inputs: number): LinearInitial {
  return { weight: uniformByFanIn(inputs), bias: uniformByFanIn(inputs) }
}

/** Collects a network's state entries, in order, as its layers are declared. */
export class Blueprint {
  readonly entries: Entry[] = []

  conv(name: string, options: ConvOptions): Layer {
    const { inputs, outputs, kernel, stride, padding: rule, initial } = options
    const inner = [...kernel, options.innerInputs ?? inputs, options.innerOutputs ?? outputs]
    const weight = this.add({
      name: `${name}.weight`,
      shape: [outputs, inputs, ...kernel],
      inner,
      initial,
      compute: true,
    })
    const bias = this.biasOf(name, outputs, options.bias)
    return (pass, x) => {
      const padding = typeof rule === 'function' ? paddingOf(rule, x.shape, kernel, stride) : rule
      const y = conv(pass.tape, x, pass.get(weight), { kernel, stride, padding })
      return bias ? addBias(pass.tape, y, pass.get(bias)) : y
    }
  }

  /**
   * A transposed convolution under the names of PyTorch's `ConvTranspose3d`: along each axis,
   * n places become (n - 1) stride + kernel - 2 padding + outputPadding.
   */
  upConv(name: string, options: UpConvOptions): Layer {
    const { inputs, outputs, kernel, stride, initial } = options
    const [t, h, w] = options.padding.map((n) => [n, n] as const)
    const geometry: ConvGeometry = { kernel, stride, padding: [t, h, w] }
    const weight = this.add({
      name: `${name}.weight`,
      shape: [inputs, outputs, ...kernel],
      inner: [...kernel, outputs, inputs],
      initial,
      compute: true,
    })
    const bias = this.biasOf(name, outputs, options.bias)
    return (pass, x) => {
      const size = kernel.map((taps, axis) => {
        const behind = (options.outputPadding?.[axis] ?? 0) - 2 * options.padding[axis]
        return (x.shape[axis + 1] - 1) * stride[axis] + taps + behind
      })
      const shape = [x.shape[0], ...size, outputs]
      const y = upConv(pass.tape, x, pass.get(weight), geometry, shape)
      return bias ? addBias(pass.tape, y, pass.get(bias)) : y
    }
  }

  norm(name: string, channels: number, options: NormChoices): JoiningLayer {
    const { relu, inner = channels, start = 1, ...numbers } = options
    const entry = (part: string, value: number, fill: number, trained = true): Entry =>
      this.add({
        name: `${name}.${part}`,
        shape: [channels],
        inner: [inner],
        initial: constant(value),
        fill,
        trained,
      })
    const scale = entry('weight', start, 0)
    const offset = entry('bias', 0, 0)
    const runningMean = entry('running_mean', 0, 0, false)
    const runningVariance = entry('running_var', 1, 1, false)
    return (pass, x, shortcut) => {
      const norm = {
        scale: pass.get(scale),
        offset: pass.get(offset),
        runningMean: pass.get(runningMean),
        runningVariance: pass.get(runningVariance),
      }
      const result = batchNorm(pass.tape, x, norm, {
        training: pass.training,
        relu,
        ...numbers,
        shortcut: shortcut ?? null,
      })
      if (pass.training) {
        pass.set(runningMean, result.runningMean)
        pass.set(runningVariance, result.runningVariance)
      }
      return result.y
    }
  }

  /**
   * Batch normalisation of vectors [B, C], under the names of PyTorch's `BatchNorm1d`.
   * @param affine whether a learned scale and offset follow
   */
  vectorNorm(name: string, channels: number, { affine }: { affine: boolean }): Layer {
    const entry = (part: string, value: number, trained: boolean): Entry =>
      this.vector(`${name}.${part}`, channels, { initial: constant(value), trained })
    const learned = affine
      ? { scale: entry('weight', 1, true), offset: entry('bias', 0, true) }
      : null
    const runningMean = entry('running_mean', 0, false)
    const runningVariance = entry('running_var', 1, false)
    return (pass, x) => {
      const norm = {
        affine: learned && { scale: pass.get(learned.scale), offset: pass.get(learned.offset) },
        runningMean: pass.get(runningMean),
        runningVariance: pass.get(runningVariance),
      }
      const result = vectorNorm(pass.tape, x, norm, pass.training)
      if (pass.training) {
        pass.set(runningMean, result.runningMean)
        pass.set(runningVariance, result.runningVariance)
      }
      return result.y
    }
  }

  linear(name: string, inputs: number, outputs: number, options: LinearOptions = {}): Layer {
    const { initial = byFanIn(inputs), bias: hasBias = true } = options
    const weight = this.add({
      name: `${name}.weight`,
      shape: [outputs, inputs],
      inner: [inputs, outputs],
      initial: initial.weight,
    })
    const bias = hasBias ? this.vector(`${name}.bias`, outputs, { initial: initial.bias }) : null
    return (pass, x) => linear(pass.tape, x, pass.get(weight), bias && pass.get(bias))
  }

  private biasOf(name: string, length: number, initial: Initialiser | undefined): Entry | null {
    return initial ? this.vector(`${name}.bias`, length, { initial }) : null
  }

  /** Declares a parameter of one axis. */
  vector(name: string, length: number, entry: Pick<Entry, 'initial'> & Partial<Entry>): Entry {
    return this.add({ name, shape: [length], inner: [length], ...entry })
  }

  /** Declares an entry that layers of other files read. */
  add(entry: Pick<Entry, 'name' | 'shape' | 'inner' | 'initial'> & Partial<Entry>): Entry {
    const whole: Entry = { trained: true, compute: false, fill: 0, ...entry }
    this.entries.push(whole)
    return whole
  }
}

/** Layers one after another; each one's workings are freed as soon as it is done. */
export function sequence(...layers: Layer[]): Layer {
  const whole: Layer = (pass, x) => {
    let current = x
    for (const layer of layers) {
      const next = pass.engine.scope(() => layer(pass, current))
      if (current !== x && next !== current) pass.engine.discard(current)
      current = next
    }
    return current
  }
  whole.parts = layers
  return whole
}
