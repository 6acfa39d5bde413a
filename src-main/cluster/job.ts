/** One task of a job: a run that is trained and evaluated, or a trained run that is evaluated. */
export interface Task {
  /** Sets it apart within its job, for people. */
  label: string
  /** Settings of a new run as the YAML of `pretrain --config`, or the folder of an exported run. */
  source: { settings: string } | { folder: string }
  /** Evaluations that follow, by protocol. */
  protocols: readonly string[]
}

/** What a job file is made of, whichever scheduler takes it. */
export interface Job {
  /** Lower-case letters, digits and hyphens. */
  name: string
  tasks: readonly Task[]
  /** Folder of the data set's videos, as the machines of the cluster see it. */
  data: string
  /** Folder that all machines see: each task writes its run there. */
  shared: string
  /** The workbench's command as the machines see it. */
  fame: string
  /** Minutes of training after which a task's run is written to the shared folder again. */
  saveEvery: number
  /** Processes that share the training of a task. */
  workers: number
}

/** A name that every scheduler takes. */
export function jobName(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '')
  return `fame-${plain || 'job'}`
}

/** Text as one word of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
