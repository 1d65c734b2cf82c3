#!/usr/bin/env bash
# Writes docs/cli.md anew from what `aisp --help` says of every command: the options' only table is the
# program. usage: tools/cli_reference.sh [AISP]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
aisp=${1:-build/bin/aisp}

# section WORD...: the command's help, then that of its subcommands.
section() {
  local help
  help=$(env -u CI "$aisp" "$@" --help)
  printf '## aisp%s\n\n```\n%s\n```\n\n' "${*:+ $*}" "$(sed '/^Exit codes:/d' <<<"$help" | cat -s)"
  local name
  for name in $(sed -n '/^Subcommands:/,/^$/{/^  [a-z]/s/^  \([a-z-]*\).*/\1/p}' <<<"$help"); do
    section "$@" "$name"
  done
}

{
  sed '/^## aisp$/,$d' docs/cli.md
  section
} >docs/cli.md.new
mv docs/cli.md.new docs/cli.md
