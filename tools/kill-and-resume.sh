#!/bin/sh
# Trains a small RetNet twice: once undisturbed, and once killed (SIGKILL) at random moments and
# resumed each time. Says where it was killed, and fails if the two do not end with the same bits.
# Usage, in the project's folder:
#   tools/kill-and-resume.sh FOLDER [KILLS [SEED [STEPS]]]
set -eu

folder=$1
kills=${2:-50}
seed=${3:-1}
steps=${4:-10000}

fail() {
  printf 'kill-and-resume: %s\n' "$1" >&2
  exit 1
}

# Checkpoints so often that some kills come while one is written.
train() {
  out=$1
  shift
  exec ./retain train models/retnet.ret --set d=32 value=64 ffn=64 heads=2 layers=1 --data LICENSE \
    --steps "$steps" --batch 2 --length 64 --every 5 --sample-every 5000 --out "$out" "$@"
}

# The last step that the run has reported.
reported() {
  cat "$folder/killed/metrics.jsonl" 2>/dev/null |
    sed -n 's/^{"step":\([0-9]*\),.*}$/\1/p' | tail -n 1 | grep . || echo 0
}

# The last checkpoint that is whole.
newest() {
  ls "$folder/killed/checkpoints" 2>/dev/null | grep '^step-' | tail -n 1
}

[ ! -e "$folder" ] || fail "$folder is there already; give another"
mkdir -p "$folder"
# Builds the project if it has changed, so that it is never the build that is killed.
./retain --version

begin=$(date +%s)
(train "$folder/whole") 2>"$folder/whole.log"
echo "Undisturbed: $steps steps in $(($(date +%s) - begin)) s."

# One process in five dies in its first seconds, the others in the second after a new checkpoint of
# theirs, so that the run gets on however busy the machine is.
awk -v seed="$seed" -v kills="$kills" 'BEGIN {
  srand(seed)
  for (i = 1; i <= kills; i++) {
    if (i % 5) print "trained", rand(); else print "started", 4 * rand()
  }
}' >"$folder/moments"
: >"$folder/killed.log"
writing=0
steps_of_kills=
while read -r since seconds; do
  before=$(newest)
  (train "$folder/killed" --resume) 2>>"$folder/killed.log" </dev/null &
  process=$!
  while [ "$since" = trained ] && [ "$(newest)" = "$before" ] &&
    ! grep -q '^retain: ' "$folder/killed.log"; do
    sleep 0.1
  done
  sleep "$seconds"
  kill -9 "$process" 2>/dev/null || true
  code=0
  wait "$process" 2>/dev/null || code=$?
  [ "$code" -eq 137 ] || fail "the run ended by itself, with exit code $code: see $folder/killed.log"
  steps_of_kills="$steps_of_kills $(reported)"
  # What is being written has such a name until it is whole.
  if find "$folder/killed" -name '.*.part' 2>/dev/null | grep -q .; then
    writing=$((writing + 1))
  fi
done <"$folder/moments"
echo "Killed $kills times, $writing of them while a file was being written, after the steps$steps_of_kills."

(train "$folder/killed" --resume) 2>>"$folder/killed.log"
different=
for file in model.safetensors model.jar metrics.jsonl samples.jsonl checkpoints/best.safetensors \
  "checkpoints/step-$(printf %08d "$steps").safetensors"; do
  cmp -s "$folder/whole/$file" "$folder/killed/$file" || different="$different $file"
done
[ -z "$different" ] || fail "different bits in$different"
echo "The same bits in model.safetensors, model.jar, metrics.jsonl, samples.jsonl and the checkpoints."
