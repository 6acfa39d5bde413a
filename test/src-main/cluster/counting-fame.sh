#!/bin/bash
# Stands for bin/fame in tests of job files. A run is a file with its number, its status and its steps;
# training it takes $FAME_STEPS steps of a tenth of a second, and SIGTERM stops it. Indexing takes
# $FAME_INDEXING seconds, and $FAME_EARLY is a script that runs before a training handles signals.
project=
previous=
for each; do
  [ "$previous" = --project ] && project=$each
  [ "$previous" = --folder ] && folder=$each
  previous=$each
done
echo "$1 $2" >>"$FAME_CALLS"
run=$project/run
case "$1 $2" in
  "index "*)
    mkdir -p "$project"
    sleep "${FAME_INDEXING:-0}"
    ;;
  "project number") echo "$3" >"$project/number" ;;
  "runs --project") [ ! -f "$run" ] || sed 's/.*/{"id":1,"status":"&"}/' <"$run.status" ;;
  "runs import") cp "$3/run" "$3/run.status" "$project" ;;
  "runs export")
    [ "$3" = "$(cat "$project/number")" ] || exit 1
    mkdir "$folder" && cp "$run" "$run.status" "$folder"
    ;;
  pretrain*)
    echo "$*" >>"$FAME_CALLS-pretrain"
    sh -c "${FAME_EARLY:-:}"
    if [ "$2" = --config ]; then
      [ -s "$3" ] || exit 1
      echo 0 >"$run"
    fi
    stop=
    trap 'stop=1' TERM
    step=$(cat "$run")
    while [ "$step" -lt "${FAME_STEPS:-5}" ] && [ -z "$stop" ]; do
      sleep 0.1
      step=$((step + 1))
    done
    echo "$step" >"$run"
    if [ "$step" -lt "${FAME_STEPS:-5}" ]; then echo stopped; else echo "${FAME_END:-done}"; fi >"$run.status"
    ;;
  evaluate*) [ -f "$run" ] && echo "$*" >>"$run" ;;
  *) exit 2 ;;
esac
