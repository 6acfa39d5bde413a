import type { Component } from 'vue'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { ConfusionMatrix } from '#shared/metrics/confusion-matrix.ts'
import type { TabName } from '#shared/tasks/index.ts'
import ClassesTab from './components/classes/ClassesTab.vue'
import ConfusionTab from './components/confusion/ConfusionTab.vue'
import DivesTab from './components/dives/DivesTab.vue'
import ActivationPanel from './components/explain/ActivationPanel.vue'
import BackgroundPanel from './components/explain/BackgroundPanel.vue'
import KernelsPanel from './components/explain/KernelsPanel.vue'
import MapPanel from './components/explain/MapPanel.vue'
import SummaryTab from './components/summary/SummaryTab.vue'
import TrackingPanel from './components/tracking/TrackingPanel.vue'
import MistakesTab from './components/videos/MistakesTab.vue'
import NeighboursTab from './components/videos/NeighboursTab.vue'
import { diveAttributes } from './lib/dive-attributes.ts'

/** What a tab can show. */
export interface TabSource {
  evaluation: Evaluation
  /** Every evaluation of the project, to compare with. */
  all: readonly Evaluation[]
  /** Null until it is loaded. */
  matrix: ConfusionMatrix | null
  openEvaluation: (id: number) => void
  openTab: (name: TabName) => void
}

export interface EvaluationTab {
  label: string
  component: Component
  /** Properties of the component; null while the source lacks what it shows. */
  props: (source: TabSource) => object | null
  /** The command that opens it. Left out: it is the only tab of its page. */
  command?: { label: string; shortcut: string }
  /** Whether it has something to show of these classes. Left out: of any. */
  isFor?: (classes: readonly string[]) => boolean
}

type PropsOf<C> = C extends new (...args: never) => { $props: infer Props } ? Props : never

/** Checks at compile time that the properties are those of the component. */
function tab<C extends Component>(
  entry: EvaluationTab & { component: C; props: (source: TabSource) => PropsOf<C> | null },
): EvaluationTab {
  return entry
}

/** A tab with a component of its own, which is created again for each evaluation. */
const page = ({ evaluation, all }: TabSource) => ({ key: evaluation.id, evaluation, all })

/** Every tab that the page of an evaluation can have, by the name that tasks give it. */
export const evaluationTabs: Readonly<Record<TabName, EvaluationTab>> = {
  summary: tab({
    label: 'Summary',
    component: SummaryTab,
    props: ({ evaluation, all, matrix, openEvaluation, openTab }) => ({
      evaluation,
      all,
      matrix,
      onOpen: openEvaluation,
      onShow: openTab,
    }),
    command: { label: 'Summary of the evaluation', shortcut: '1' },
  }),
  confusion: tab({
    label: 'Confusion',
    component: ConfusionTab,
    props: ({ evaluation, matrix }) => matrix && { evaluation, matrix },
    command: { label: 'Confusion matrix', shortcut: '2' },
  }),
  classes: tab({
    label: 'Classes',
    component: ClassesTab,
    props: ({ evaluation, all, matrix }) => matrix && { evaluation, all, matrix },
    command: { label: 'Accuracy by class', shortcut: '3' },
  }),
  answers: tab({
    label: 'Predictions',
    component: MistakesTab,
    props: ({ evaluation }) => ({ evaluation }),
    command: { label: 'Predictions and worst mistakes', shortcut: '4' },
  }),
  neighbours: tab({
    label: 'Neighbours',
    component: NeighboursTab,
    props: ({ evaluation }) => ({ evaluation }),
    command: { label: 'Queries and their neighbours', shortcut: '5' },
  }),
  dives: tab({
    label: 'Dives',
    component: DivesTab,
    props: ({ matrix }) => matrix && { matrix },
    command: { label: 'Dives by their parts', shortcut: '6' },
    isFor: (classes) => diveAttributes(classes) !== null,
  }),
  sensitivity: tab({ label: 'Sensitivity', component: BackgroundPanel, props: page }),
  responses: tab({ label: 'Responses', component: ActivationPanel, props: page }),
  'temporal-weights': tab({ label: 'Weights', component: KernelsPanel, props: page }),
  tracks: tab({ label: 'Tracks', component: TrackingPanel, props: page }),
  'embedding-map': tab({
    label: 'Map',
    component: MapPanel,
    props: ({ evaluation }) => ({ key: evaluation.id, evaluation }),
  }),
}
