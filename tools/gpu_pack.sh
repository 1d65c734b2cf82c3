#!/usr/bin/env bash
# Packs what a GPU machine needs of a portable build tree (programs, tests, CUDA targets and attacks) into
# build-gpu/tree.tgz. Unpack it there as build-portable/, or let tools/gpu_all.sh do it. The file built_in says
# where the tree was built: tests have that path in them. Usage: tools/gpu_pack.sh [build-portable]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
from=${1:-build-portable}
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p build-gpu "$stage/bin" "$stage/tests/modules"
cp "$from"/bin/* "$stage/bin/"
realpath "$from" >"$stage/built_in"
cp "$from"/tests/modules/*.so "$stage/tests/modules/" 2>/dev/null || true
(cd "$from" && find targets \( -path '*/cuda/*.so' -o -name problem.so -o -name '*.inc' \) -print0 |
  xargs -0 cp --parents -t "$stage")
# The corpus for GPUs: manifests that say so, and what they speak of.
(cd "$from" && grep -lsE '"device": *"cuda"' attacks/*/manifest.json honest/*/manifest.json |
  xargs -r -n1 dirname | while read -r folder; do find "$folder" -type f -print0; done |
  xargs -0 -r cp --parents -t "$stage")
find "$stage" -type f -exec strip {} + 2>/dev/null || true
tar -C "$stage" -czf build-gpu/tree.tgz .
du -h build-gpu/tree.tgz
