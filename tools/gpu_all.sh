#!/usr/bin/env bash
# Runs all that needs a GPU, tests and benchmarks, from a packed portable tree, in under 8 minutes, and
# keeps the raw output, a file for each command, for docs/measurements/.
#
#   tools/gpu_pack.sh                        # where it was built: build-gpu/tree.tgz
#   tools/gpu_all.sh [tree.tgz] [out folder] # on the GPU machine; needs no toolkit and no compiler
#
# Python with PyTorch and Triton is used where it is there (bench/peers). Exit: 0 all passed, 1 something
# failed, 77 no GPU: nothing was run.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
tree=${1:-build-gpu/tree.tgz}
out=${2:-build-gpu/out-$(date -u +%Y%m%dT%H%M%SZ)}
readonly LIMIT_S=480

if ! command -v nvidia-smi >/dev/null || ! nvidia-smi -L 2>/dev/null | grep -q GPU; then
  echo "gpu_all.sh: not run: nvidia-smi sees no GPU here"
  exit 77
fi
[[ -f $tree ]] || { echo "gpu_all.sh: there is no $tree: make it with tools/gpu_pack.sh"; exit 1; }
mkdir -p "$out" build-portable || exit 1
tar -C build-portable -xzf "$tree" || exit 1
bin=build-portable/bin
# Tests look for agent and modules where the tree was built.
built_in=$(cat build-portable/built_in 2>/dev/null)
if [[ -n $built_in && ! -e $built_in ]]; then
  mkdir -p "$(dirname "$built_in")" && ln -s "$PWD/build-portable" "$built_in" ||
    echo "gpu_all.sh: $built_in cannot be made: tests that start workers will fail"
fi

failed=0
# run NAME SECONDS COMMAND…: its output to out/NAME.txt, headed by what was typed; 77 is "not run".
run() {
  local name=$1 seconds=$2 status left=$((LIMIT_S - SECONDS))
  shift 2
  if ((left < 5)); then
    echo "not run   $name: $LIMIT_S s are over"
    failed=1
    return
  fi
  local from=$SECONDS
  { printf '$ %s\n' "$*"; timeout --kill-after=5 $((seconds < left ? seconds : left)) "$@"; } \
    >"$out/$name.txt" 2>&1
  status=$?
  case $status in
    0) printf 'ok        ' ;;
    77) printf 'not run   ' ;;
    *) printf 'FAILED %-3s' "$status"; failed=1 ;;
  esac
  printf '%s (%d s)' "$name" $((SECONDS - from))
  ((status == 77)) && printf ': %s' "$(grep -m1 'not run' "$out/$name.txt")"
  printf '\n'
}
# A program of tests, unless the tree was packed without it. Tests that skip themselves are counted.
tests() {
  local name=$1 seconds=$2 skipped
  shift 2
  if [[ ! -x $bin/$name ]]; then
    echo "not run   $name: it is not in $tree"
    failed=1
    return
  fi
  run "$name" "$seconds" "$bin/$name" "$@"
  skipped=$(grep -c '^\[  SKIPPED \]' "$out/$name.txt")
  ((skipped == 0)) || echo "          $name: $skipped lines of skipped tests: see $out/$name.txt"
}

{
  date -u +%Y-%m-%dT%H:%MZ
  nvidia-smi --query-gpu=name,driver_version,clocks.max.sm,clocks.max.mem,memory.total --format=csv
  nvidia-smi --query-compute-apps=pid,used_memory --format=csv
  uname -srm
  grep -m1 'model name' /proc/cpuinfo
  nproc
} >"$out/machine.txt" 2>&1

tests device_cuda_tests 90
tests worker_cuda_tests 90
run smoke 60 "$bin/aisp-cuda-smoke" --targets build-portable/targets
run cuda_kernels 30 "$bin/cuda_kernels"
for program in known_time_cuda cost_cuda; do
  [[ -x $bin/$program ]] && run $program 60 "$bin/$program"
done
run peak 60 "$bin/aisp" bench peak --device cuda --artifacts "$out/artifacts"
run ch01_ch12 60 "$bin/aisp" bench run -t ch01,ch12:graph_bandwidth --device cuda --profile minimal \
  --time-limit 5 --artifacts "$out/artifacts"
run ch06 30 "$bin/aisp" bench run -t ch06:add --device cuda --profile minimal --time-limit 5 \
  --artifacts "$out/artifacts"
run ch07 30 "$bin/aisp" bench run -t ch07:transpose --device cuda --profile minimal --time-limit 5 \
  --artifacts "$out/artifacts"
# What could be accepted: expectations_<gpu>.json of each chapter, for whoever copies them beside the chapters.
# Those that are there already stay the ones that drift is seen against.
for chapter in ch01 ch06 ch07 ch12; do
  mkdir -p "$out/chapters/$chapter"
  cp "chapters/$chapter"/expectations_*.json "$out/chapters/$chapter/" 2>/dev/null
done
for recorded in latest~2 latest~1 latest; do
  run "expectations_${recorded/\~/_}" 10 "$bin/aisp" bench expectations update "$recorded" \
    --artifacts "$out/artifacts" --chapters "$out/chapters"
done
run verify_ch12 30 "$bin/aisp" bench verify -t ch12:graph_bandwidth --device cuda
run peers_spread 90 python3 bench/peers/spread.py --build build-portable --time-limit 3 \
  --json "$out/peers_spread.json"

echo "$SECONDS s; raw output in $out"
exit $failed
