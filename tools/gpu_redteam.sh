#!/usr/bin/env bash
# Judges the corpus for GPUs (attacks/cuda_*, honest/cuda_*) on the GPU of this machine and keeps what came out.
#
#   tools/gpu_redteam.sh [build folder] [out folder] [more options of aisp redteam: -k PATTERN, --repeat N]
#
# Exit: that of `aisp redteam` (0 all caught and none accused, 1 missed or accused, 3 something was left
# open), 77 no GPU: nothing was run.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
build=${1:-build}
out=${2:-$build/gpu-redteam}
shift $(($# < 2 ? $# : 2))
readonly LIMIT_S=580

if ! command -v nvidia-smi >/dev/null || ! nvidia-smi -L 2>/dev/null | grep -q GPU; then
  echo "gpu_redteam.sh: not run: nvidia-smi sees no GPU here"
  exit 77
fi
[[ -x $build/bin/aisp ]] || { echo "gpu_redteam.sh: there is no $build/bin/aisp: build it first"; exit 1; }
mkdir -p "$out" || exit 1
SECONDS=0
timeout --kill-after=10 --signal=INT $LIMIT_S "$build/bin/aisp" redteam --device cuda \
  --artifacts "$out/artifacts" "$@" >"$out/table.txt" 2>"$out/progress.txt"
status=$?
cat "$out/table.txt"
for recorded in "$out"/artifacts/redteam/*.json; do
  [[ -f $recorded ]] && "$build/bin/aisp" redteam --from "$recorded" --guards >"$out/guards.txt"
done
echo "gpu_redteam.sh: $SECONDS s, exit $status; recorded in $out"
exit $status
