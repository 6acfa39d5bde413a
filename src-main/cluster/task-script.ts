import { quoted, type Job, type Task } from './job.ts'

/**
 * The part of a job file that does a task, in Bash. It works in a project on the machine's own disk,
 * because SQLite needs one, and keeps its run as an exported folder in the shared folder: a task that is
 * moved to another machine, or starts again after a crash, goes on from there to the bit. `$task` is the
 * number of the task, and `again` is defined before: what to do when the time is up.
 */
export function taskScript(job: Job): string {
  return [setUp(job), choice(job.tasks), FUNCTIONS, MAIN].join('\n\n')
}

function setUp({ fame, data, shared, saveEvery }: Job): string {
  return `fame=${quoted(fame)}
data=${quoted(data)}
place=${quoted(shared)}/task-$task
save_every=${saveEvery}m
run=$((task + 1))
scratch=$(mktemp -d "\${SLURM_TMPDIR:-\${TMPDIR:-/tmp}}/fame-XXXXXXXX")
project=$scratch/project
stopping=0
child=
trap 'rm -rf "$scratch"' EXIT
trap 'stopping=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true' TERM USR1
mkdir -p "$place"
if [ -e "$place/done" ]; then
  echo "Task $task is done."
  exit 0
fi`
}

function choice(tasks: readonly Task[]): string {
  const cases = tasks.map(
    ({ label, source, protocols }, i) => `  ${i})
    label=${quoted(label)}
    protocols=${quoted(protocols.join(' '))}
${'folder' in source ? `    given=${quoted(source.folder)}` : settings(source.settings)}
    ;;`,
  )
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
  follow timeout --foreground -s TERM "$save_every" "$fame" pretrain "$@" --project "$project"
}`

const MAIN = `echo "Task $task: $label"
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
  train
  case $(run_status) in
    done | stopped | paused) save ;;
    *)
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
