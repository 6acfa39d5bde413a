import {
  prefixed,
  type BatchPlace,
  type Learned,
  type Learner,
} from '../trainer/methods/learner.ts'
import type { StateDict } from '../trainer/networks/weights.ts'

/** A learner whose gradients can be read after each micro-batch. */
export interface Watched {
  learner: Learner
  /** Of the last micro-batch, by network and name: `encoder.conv1.weight`. */
  gradients(): StateDict
}

/**
 * Stands before a learner and keeps its gradients.
 * @param skipFirst leaves out what `begin` does before step 0: reference figures have EMA updates
 *   after a step, and so before the next
 */
export function watched(inner: Learner, { skipFirst }: { skipFirst: boolean }): Watched {
  let last: StateDict = new Map()
  const learn: Learner['learn'] = (views, at) => {
    const learned = inner.learn(views, at)
    last = namedGradients(inner, learned)
    return learned
  }
  const begin = (at: BatchPlace): void => {
    if (at.step > 0 || !skipFirst) inner.begin(at)
  }
  const learner: Learner = {
    encoder: inner.encoder,
    trained: inner.trained,
    treatments: inner.treatments,
    begin,
    learn,
    stateDict: () => inner.stateDict(),
    loadState: (state) => inner.loadState(state),
    dispose: () => inner.dispose(),
  }
  return { learner, gradients: () => last }
}

function namedGradients({ trained }: Learner, { gradients }: Learned): StateDict {
  const parts = [...gradients].map(([network, vector]) => {
    const weights = trained.get(network)!
    return prefixed(`${network}.`, weights.named(weights.engine.read(vector)))
  })
  return new Map(parts.flatMap((part) => [...part]))
}
