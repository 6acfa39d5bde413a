import { createHash } from 'node:crypto'
import { quoted, type Job, type Task } from './job.ts'

/**
 * The part of a job file that does a task, in Bash. It works in a project on the machine's own disk,
 * because SQLite needs one, and keeps its run as an exported folder in the shared folder: a task that is
 * moved to another machine, or starts again after a crash, goes on from there to the bit. `$task` is the
 * number of the task, and `again` is defined before: what to do when the time is up.
 */
export function taskScript(job: Job): string {
  return [setUp(job), choice(job), FUNCTIONS, MAIN].join('\n\n')
}

/** Tells a task from those of other jobs, which may have been given the same shared folder. */
function taskHash({ source, protocols }: Task, data: string): string {
  return createHash('sha256')
    .update(JSON.stringify([source, protocols, data]))
    .digest('hex')
}

function setUp({ fame, data, shared, saveEvery, workers }: Job): string {
  return `fame=${quoted(fame)}
data=${quoted(data)}
place=${quoted(shared)}/task-$task
save_every=${saveEvery}m
workers=${workers}
run=$((task + 1))
scratch=$(mktemp -d "\${SLURM_TMPDIR:-\${TMPDIR:-/tmp}}/fame-XXXXXXXX")
project=$scratch/project
stopping=0
child=
trap 'rm -rf "$scratch"' EXIT
trap 'stopping=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true' TERM USR1
mkdir -p "$place"`
}

function choice({ tasks, data }: Job): string {
  const cases = tasks.map((task, i) => {
    const { label, source, protocols } = task
    return `  ${i})
    label=${quoted(label)}
    hash=${taskHash(task, data)}
    protocols=${quoted(protocols.join(' '))}
${'folder' in source ? `    given=${quoted(source.folder)}` : settings(source.settings)}
    ;;`
  })
  return `case $task in
${cases.join('\n')}
  *)
    echo "There is no task $task." >&2
    exit 2
    ;;
esac`
}

function settings(yaml: string): string {
  return `    given=
    cat >"$scratch/settings.yaml" <<'END_OF_SETTINGS'
${yaml.trimEnd()}
END_OF_SETTINGS`
}

const FUNCTIONS = `# Runs a command that can be asked to stop, and waits until it has ended.
follow() {
  "$@" &
  child=$!
  # A signal may have come before the child could be told.
  [ "$stopping" = 0 ] || kill -TERM "$child" 2>/dev/null || true
  code=0
  wait "$child" || code=$?
  while kill -0 "$child" 2>/dev/null; do
    code=0
    wait "$child" || code=$?
  done
  child=
}

# The run's own status comes before those of its evaluations.
run_status() {
  "$fame" runs --project "$project" --json | sed 's/"status":"/\\n/' | sed -n '2s/".*//p'
}

# Writes the run beside the one of before, then puts it in its place.
save() {
  rm -rf "$place/run.new"
  "$fame" runs export "$run" --folder "$place/run.new" --project "$project"
  rm -rf "$place/run.old"
  [ ! -d "$place/run" ] || mv "$place/run" "$place/run.old"
  mv "$place/run.new" "$place/run"
  rm -rf "$place/run.old"
}

train() {
  if [ -n "$(run_status)" ]; then
    set -- --resume "$run"
  else
    set -- --config "$scratch/settings.yaml" --name "$label"
  fi
  [ "$workers" = 1 ] || set -- "$@" --workers "$workers" --restarts 3
  follow timeout --foreground -s TERM "$save_every" "$fame" pretrain "$@" --project "$project"
}`

const MAIN = `if [ -e "$place/task" ] && [ "$(cat "$place/task")" != "$hash" ]; then
  echo "$place holds a task of another job, or of this job with other settings." >&2
  echo "Write the job file again with another --shared folder." >&2
  exit 2
fi
if [ -e "$place/done" ]; then
  echo "Task $task is done."
  exit 0
fi
echo "$hash" >"$place/task.new"
mv "$place/task.new" "$place/task"
echo "Task $task: $label"
"$fame" index "$data" --project "$project"
# Tells the runs of a job apart, which may begin in the same moment.
"$fame" project number "$run" --project "$project"
[ -d "$place/run" ] || [ ! -d "$place/run.old" ] || mv "$place/run.old" "$place/run"
if [ -d "$place/run" ]; then
  "$fame" runs import "$place/run" --project "$project"
elif [ -n "$given" ]; then
  "$fame" runs import "$given" --project "$project"
fi

while [ -z "$given" ] && [ "$(run_status)" != "done" ]; do
  [ "$stopping" = 0 ] || again
  train
  status=$(run_status)
  case $status in
    done | stopped | paused) save ;;
    *)
      # What is told to stop before its first step has nothing to store.
      [ "$stopping" = 0 ] || [ "$status" = failed ] || again
      echo "The training ended with exit code $code." >&2
      exit 1
      ;;
  esac
  [ "$stopping" = 0 ] || again
done

for protocol in $protocols; do
  [ ! -e "$place/done-$protocol" ] || continue
  [ "$stopping" = 0 ] || again
  follow "$fame" evaluate --run "$run" --protocol "$protocol" --project "$project"
  [ "$stopping" = 0 ] || again
  if [ "$code" != 0 ]; then
    echo "The evaluation $protocol ended with exit code $code." >&2
    exit 1
  fi
  save
  touch "$place/done-$protocol"
done
[ -d "$place/run" ] || save
touch "$place/done"`
