#!/bin/sh
# Trains twice: once undisturbed, and once killed (SIGKILL) at random moments and resumed each time.
# Both runs must end with the same bits. Usage, in the project's folder:
#   tools/kill-and-resume.sh KILLS FOLDER DEFINITION [options of `retain train`, without --out]
set -eu

kills=$1
folder=$2
shift 2
mkdir -p "$folder"
rm -rf "$folder/whole" "$folder/killed"

./retain train "$@" --out "$folder/whole" 2>"$folder/whole.log"

done=0
finished=0
while [ "$done" -lt "$kills" ]; do
  setsid ./retain train "$@" --out "$folder/killed" --resume 2>>"$folder/killed.log" &
  run=$!
  # From before the first step to well within the run.
  sleep "$(awk -v seed="$$$done" 'BEGIN { srand(seed); print 1 + 5 * rand() }')"
  if kill -KILL -- "-$run" 2>/dev/null; then
    done=$((done + 1))
  else
    finished=$((finished + 1))
    rm -rf "$folder/killed"
  fi
  wait "$run" 2>/dev/null || true
done
./retain train "$@" --out "$folder/killed" --resume 2>>"$folder/killed.log"

for file in model.safetensors checkpoints/best.safetensors; do
  if [ -e "$folder/whole/$file" ]; then
    cmp "$folder/whole/$file" "$folder/killed/$file"
  fi
done
resumed=$(grep -c '^Resuming after step' "$folder/killed.log" || true)
echo "killed $done times (resumed from a checkpoint $resumed times): the same bits"
