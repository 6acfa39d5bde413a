/** What is known of trackers without their code, which pages do not need. */
export interface TrackerDescriptor {
  label: string
  /** One line that says how it works. */
  meaning: string
  /**
   * Whether it is given the objects of the first frame. Without them it finds the foreground, label 1,
   * and is scored against all objects together.
   */
  isGivenFirst: boolean
}

/** What an encoder's tracking is measured against, in the order of tables. */
export const trackerDescriptors = {
  copy: {
    label: 'Copy',
    meaning: 'the labels of the first frame stay where they are',
    isGivenFirst: true,
  },
  flow: {
    label: 'Optical flow',
    meaning: 'labels move from frame to frame by DIS optical flow',
    isGivenFirst: true,
  },
  colour: {
    label: 'Colour',
    meaning: 'colour histograms of the first frame, followed by mean shift',
    isGivenFirst: true,
  },
  fame: {
    label: 'FAME mask',
    meaning: 'the foreground that FAME finds around each frame, at an adaptive β',
    isGivenFirst: false,
  },
  seed: {
    label: 'Seed mask',
    meaning: 'the moving region around each frame, at an adaptive β',
    isGivenFirst: false,
  },
  motion: {
    label: 'Motion mask',
    meaning: 'what moves by itself around each frame, the camera and the light taken out',
    isGivenFirst: false,
  },
} as const satisfies Record<string, TrackerDescriptor>

export type TrackerName = keyof typeof trackerDescriptors
export const TRACKERS = Object.keys(trackerDescriptors) as [TrackerName, ...TrackerName[]]
