/**
 * How an encoder wants its clips: colours in [0, 1] less `mean`, divided by `deviation`, by channel,
 * RGB.
 */
export interface InputScaling {
  mean: readonly [number, number, number]
  deviation: readonly [number, number, number]
}

/** By the mean and deviation of Kinetics' pixels, as torchvision's video networks. */
export const kineticsScaling: InputScaling = {
  mean: [0.43216, 0.394666, 0.37645],
  deviation: [0.22803, 0.22145, 0.216989],
}

/** By the mean and deviation of ImageNet's pixels. */
export const imagenetScaling: InputScaling = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
}

/** Colours stay in [0, 1]. */
export const unitScaling: InputScaling = { mean: [0, 0, 0], deviation: [1, 1, 1] }

/** `mean 0.5, 0.5, 0.5; deviation 0.2, 0.2, 0.2` */
export function describeScaling({ mean, deviation }: InputScaling): string {
  return `mean ${mean.join(', ')}; deviation ${deviation.join(', ')}`
}
