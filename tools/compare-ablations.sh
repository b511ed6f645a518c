#!/bin/sh
# Trains retnet.ret and its ablations alike, with several seeds, and prints a table of held-out bits
# per byte: mean, and the largest difference from it. Usage, in the project's folder:
#   tools/compare-ablations.sh FOLDER "SEEDS" [options of `retain train`]
set -eu

folder=$1
seeds=$2
shift 2
mkdir -p "$folder"

for variant in retnet ablations/no-gate ablations/no-head-norm ablations/no-decay \
  ablations/single-decay ablations/small-heads; do
  name=$(basename "$variant")
  for seed in $seeds; do
    result=$folder/$name-$seed.json
    if [ ! -s "$result" ]; then
      ./retain train "models/$variant.ret" "$@" --seed "$seed" --json \
        --out "$folder/$name-$seed" >"$result.part" 2>"$folder/$name-$seed.log"
      mv "$result.part" "$result"
    fi
    sed "s/.*\"bits_per_byte\":\([0-9.]*\).*/$name \1/" "$result"
  done
done | awk '
  { if (!($1 in n)) order[++variants] = $1; n[$1]++; sum[$1] += $2; value[$1, n[$1]] = $2 }
  END {
    printf "%-14s %-14s %s\n", "variant", "bits per byte", "runs"
    for (i = 1; i <= variants; i++) {
      name = order[i]; mean = sum[name] / n[name]; spread = 0; runs = ""
      for (k = 1; k <= n[name]; k++) {
        d = value[name, k] - mean; if (d < 0) d = -d
        if (d > spread) spread = d
        runs = runs " " sprintf("%.4f", value[name, k])
      }
      printf "%-14s %.4f +-%.4f%s\n", name, mean, spread, runs
    }
  }'
