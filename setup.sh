#!/usr/bin/env bash
# Installs what aisp needs, builds it, shows it, tests it. Run it again at any time: what is done is
# not done twice. See ./setup.sh --help.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

# What the demo needs, and what the tests need on top of it (Debian 12, Ubuntu 24.04).
readonly DEMO_PACKAGES=(g++ cmake ninja-build pkgconf libcli11-dev libfmt-dev nlohmann-json3-dev
  libsqlite3-dev libsodium-dev libseccomp-dev libopenblas-dev)
readonly TEST_PACKAGES=(libgtest-dev libgmock-dev libbenchmark-dev python3 python3-jsonschema
  libtbb-dev libjemalloc-dev libmimalloc-dev libdnnl-dev
  python3-prometheus-client mkdocs ccache git)

readonly BUILD=build
readonly LOG=$BUILD/setup.log
JOBS=$(nproc)
readonly JOBS

usage() {
  cat <<'END'
usage: ./setup.sh COMMAND

  deps [--demo]  install the missing packages (apt); --demo: only those that the demo needs
  build          build into build/, without tests unless they were asked for before
  demo           deps --demo, build, then measure chapter 1 on this machine
  test           deps, build everything, run all tests, then the unit tests with sanitizers

Full output of the last command: build/setup.log. Exit status: 0 done, 1 a step failed (demo: the
status of aisp), 2 something that only you can do, or a usage error.
END
}

say() { printf '%s\n' "$*"; }

# What to show of a failed step's output on stdin: from the first line that names an error, or its end.
excerpt() {
  local text
  text=$(cat)
  { grep -m1 -A14 -E '(: |^)(fatal )?error: |CMake Error|^E: ' <<<"$text" || tail -n 15 <<<"$text"; } |
    cut -c 1-200 | sed 's/^/  | /'
}

# step "what it does" command...: runs it with its output in the log; on failure says which step it
# was, shows why and ends.
step() {
  local name=$1 started=$SECONDS from status
  shift
  printf '%s … ' "$name"
  from=$(($(wc -l <"$LOG") + 1))
  { printf '\n## %s\n$ %s\n' "$name" "$*"; "$@"; } >>"$LOG" 2>&1 </dev/null
  status=$?
  if ((status == 0)); then
    say "ok ($((SECONDS - started)) s)"
    return
  fi
  say "FAILED (status $status)"
  tail -n "+$from" "$LOG" | excerpt
  say "setup.sh: step \"$name\" failed; the full output is in $PWD/$LOG"
  exit 1
}

start_log() {
  if ! { mkdir -p "$BUILD" && : >"$LOG"; } 2>/dev/null; then
    say "setup.sh: cannot write $PWD/$LOG"
    exit 2
  fi
}

missing_packages() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      printf '%s\n' "$package"
  done
}

# A repository that cannot be reached is no reason to stop: the install says what is really missing.
refresh_package_lists() {
  "$@" apt-get update || say "apt-get update failed; going on with the package lists that are here"
}

install_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "No apt on this machine: taking for granted that these, or what they are called here, are"
    say "installed: $*"
    return
  fi
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0

  local as_root=()
  if ((EUID != 0)); then
    # A password is asked for only where somebody can type it.
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [[ -t 0 ]] && sudo -v; }; }; then
      as_root=(sudo)
    else
      say "These packages are missing, and installing them needs root. Run this, then try again:"
      say "  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
      exit 2
    fi
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive)
  step "fetch package lists" refresh_package_lists "${as_root[@]}"
  step "install ${#missing[@]} packages" "${as_root[@]}" apt-get install -y \
    --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}"
}

# Where no NVIDIA driver is, code for GPUs is compiled to see that it compiles; `build` builds it everywhere, and what was
# built once stays built.
cuda_check() {
  if grep -qs '^AISP_CUDA_CHECK:BOOL=OFF' "$BUILD/CMakeCache.txt" || [[ -e /dev/nvidiactl ]] ||
    PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -q 'libcuda\.so\.1'; then
    echo -DAISP_CUDA_CHECK=OFF
  else
    echo -DAISP_CUDA_CHECK=ON
  fi
}

have_tests() { grep -qs '^AISP_TESTS:BOOL=ON' "$BUILD/CMakeCache.txt"; }

# AISP_CUDA=AUTO: CUDA sources are compiled where nvcc is. Builds without any ignore it. CMAKE_UNITY_BUILD: see
# CONTRIBUTING.md.
configure() {
  local preset=$1
  shift
  step "configure ($preset)" cmake --preset "$preset" --no-warn-unused-cli -DAISP_CUDA=AUTO \
    -DCMAKE_UNITY_BUILD=ON "$@"
}

# build CHECK [options of cmake --build]. Keeps the tests of an earlier `test` in the build, so that going back and forth
# rebuilds little.
build() {
  local check=$1
  shift
  if have_tests; then configure release "$check"; else configure release "$check" -DAISP_TESTS=OFF; fi
  step "build" cmake --build "$BUILD" -j "$JOBS" "$@"
}

demo() {
  install_packages "${DEMO_PACKAGES[@]}"
  build "$(cuda_check)" --target aisp aisp-agent aisp_targets_ch01
  say
  local marker=$BUILD/demo-started status report
  touch "$marker"
  "$BUILD/bin/aisp" bench run --targets ch01 --profile minimal
  status=$?
  say
  if ((status != 0)); then
    say "setup.sh: aisp ended with status $status"
  fi
  report=$(find artifacts -type f -newer "$marker" -name 'report.*' 2>/dev/null | sort)
  if [[ -n $report ]]; then
    say "Report:"
    say "${report//artifacts\//  $PWD/artifacts/}"
    say "Chapter 1 is built; ./setup.sh build builds the others."
  elif ((status == 0)); then
    say "setup.sh: aisp wrote no report under $PWD/artifacts"
    status=1
  fi
  exit "$status"
}

PASSED=0 FAILED=0 SKIPPED=0

attribute() { sed -n "s/.*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p" <(head -c 1000 "$2" | tr '\n' ' '); }

# run_tests PRESET DIR [options of ctest]: every test that did not pass is shown with its output; the
# rest is in the log.
run_tests() {
  local preset=$1 junit=$PWD/$2/tests.xml status total failed skipped disabled
  shift 2
  say "run the tests ($preset) …"
  rm -f "$junit"
  printf '\n## run the tests (%s)\n' "$preset" >>"$LOG"
  ctest --preset "$preset" -j "$JOBS" --no-label-summary "$@" --output-junit "$junit" 2>&1 </dev/null |
    tee -a "$LOG" |
    grep --line-buffered -vE '^ *Start +[0-9]+: |^ *[0-9]+/[0-9]+ Test +#[0-9]+: .* Passed |^Test project |^ *$'
  status=${PIPESTATUS[0]}
  total=$(attribute tests "$junit" 2>/dev/null)
  failed=$(attribute failures "$junit" 2>/dev/null)
  skipped=$(attribute skipped "$junit" 2>/dev/null)
  disabled=$(attribute disabled "$junit" 2>/dev/null)
  if [[ -z $total || -z $failed || $total == 0 ]]; then
    say "setup.sh: step \"run the tests ($preset)\" failed: no test ran; see $PWD/$LOG"
    exit 1
  fi
  skipped=$((${skipped:-0} + ${disabled:-0}))
  ((status != 0 && failed == 0)) && failed=1 total=$((total + 1))  # ctest itself failed
  PASSED=$((PASSED + total - failed - skipped)) FAILED=$((FAILED + failed))
  SKIPPED=$((SKIPPED + skipped))
}

run_all_tests() {
  install_packages "${DEMO_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
  configure release -DAISP_TESTS=ON "$(cuda_check)"
  step "build" cmake --build "$BUILD" -j "$JOBS"
  run_tests release "$BUILD" --repeat until-pass:2 -LE '^(corpus|fuzz)$'
  # Also twice: a neighbour on a virtual machine's processors can make honest code look bad. What is missed or
  # accused now and then is for `aisp redteam --repeat` to show, which tries neither again.
  run_tests release "$BUILD" --repeat until-pass:2 -L '^corpus$'
  configure asan-ubsan -DAISP_TESTS=ON
  step "build (asan-ubsan)" cmake --build --preset asan-ubsan -j "$JOBS"
  run_tests asan-ubsan build-asan-ubsan --repeat until-pass:2
  if ((FAILED)); then
    say "setup.sh: step \"run the tests\" failed; the full output is in $PWD/$LOG"
  fi
  say "$PASSED passed, $FAILED failed, $SKIPPED not run"
  ((FAILED == 0))
  exit
}

main() {
  case "${1-} ${2-}" in
    'deps ') start_log; install_packages "${DEMO_PACKAGES[@]}" "${TEST_PACKAGES[@]}" ;;
    'deps --demo') start_log; install_packages "${DEMO_PACKAGES[@]}" ;;
    'build ') start_log; install_packages "${DEMO_PACKAGES[@]}"; build -DAISP_CUDA_CHECK=OFF ;;
    'demo ') start_log; demo ;;
    'test ') start_log; run_all_tests ;;
    '--help ' | '-h ' | 'help ') usage ;;
    *) usage >&2; exit 2 ;;
  esac
}

main "$@"
