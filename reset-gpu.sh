#!/usr/bin/env bash
# Puts a GPU back to its defaults: clocks unlocked, then a reset. Shows what it would do; does it only
# with --yes, and never while anybody uses the GPU. See ./reset-gpu.sh --help.
set -euo pipefail

usage() {
  cat <<'END'
usage: ./reset-gpu.sh [--gpu INDEX] [--yes]

  --gpu INDEX  which GPU, as nvidia-smi numbers them [0]
  --yes        really do it (root); without, the commands are only shown

Refuses, with or without --yes, while a process uses the GPU, or where that cannot be seen.
Exit status: 0 shown or done, 1 in use or failed, 2 usage, or no nvidia-smi.
END
}

gpu=0 really=0
while (($#)); do
  case $1 in
    --gpu) [[ ${2-} =~ ^[0-9]+$ ]] || { usage >&2; exit 2; }; gpu=$2; shift 2 ;;
    --yes) really=1; shift ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done

command -v nvidia-smi >/dev/null || { echo "reset-gpu.sh: there is no nvidia-smi here" >&2; exit 2; }

# Unknown is not free.
if ! name=$(nvidia-smi -i "$gpu" --query-gpu=name,uuid --format=csv,noheader) || [[ -z $name ]]; then
  echo "reset-gpu.sh: nvidia-smi does not know GPU $gpu" >&2
  exit 2
fi
if ! apps=$(nvidia-smi -i "$gpu" --query-compute-apps=pid,process_name,used_memory --format=csv,noheader); then
  echo "reset-gpu.sh: it cannot be seen who uses GPU $gpu: nothing is done" >&2
  exit 1
fi
# Inside a container the list may be empty although somebody works there.
used=$(nvidia-smi -i "$gpu" --query-gpu=utilization.gpu --format=csv,noheader,nounits) || used=unknown
echo "GPU $gpu: $name"
if [[ -n ${apps//[[:space:]]/} ]]; then
  echo "in use by:"
  while read -r line; do printf '  %s\n' "$line"; done <<<"$apps"
  echo "reset-gpu.sh: refused: others use this GPU" >&2
  exit 1
fi
if [[ ! $used =~ ^[[:space:]]*0[[:space:]]*$ ]]; then
  echo "reset-gpu.sh: refused: no process is listed, but its utilization is $used %" >&2
  exit 1
fi
echo "no process uses it"

commands=(
  "nvidia-smi -i $gpu --reset-gpu-clocks"
  "nvidia-smi -i $gpu --reset-memory-clocks"
  "nvidia-smi -i $gpu --gpu-reset"
)
if ((!really)); then
  echo "would run, with --yes and as root:"
  printf '  %s\n' "${commands[@]}"
  exit 0
fi
status=0
for command in "${commands[@]}"; do
  echo "+ $command"
  # shellcheck disable=SC2086  # words of our own
  $command || { echo "reset-gpu.sh: failed: $command" >&2; status=1; }
done
exit "$status"
