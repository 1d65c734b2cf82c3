#!/usr/bin/env python3
"""How much times of the same copy kernel spread: Triton's do_bench beside aisp's claims, in one run.

    bench/peers/spread.py [--build build] [--time-limit 3] [--json FILE]

Needs a GPU, PyTorch and Triton, and a built tree with the targets testbed:copy{1,16,64,256}m; of these
`aisp bench run --device cuda` is run as anybody would run it, and all its timed windows are read from its
ledger. Both kernels copy 4 KiB a block, 16 bytes a thread at a time. do_bench is left as it is: 25 ms of
warm-up, 100 ms of repeats, the L2 cleared before each. The spread is the coefficient of variation: standard
deviation over mean, no sample dropped. The issue asks for at most half of do_bench's at 1, 16 and 64 MiB,
and no more than it at 256.

A sample of do_bench is one call. A window of aisp's has many, and what it claims of a call is their mean, which
spreads less for that reason alone. So there are two runs for each size: as it is, and with single calls
(--calls-per-window 1), the ones to compare with do_bench's.

Prints a table. Exit: 0 measured (met or not), 77 not run: something that it needs is missing.
"""

import argparse
import json
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile

SIZES_MIB = (1, 16, 64, 256)
NOT_RUN = 77


def not_run(why):
    print(f"not run: {why}")
    sys.exit(NOT_RUN)


try:
    import torch
    import triton
    import triton.language as tl
except ImportError as error:
    not_run(f"{error}")

BLOCK = 1024  # floats: 4 KiB


@triton.jit
def copy_kernel(source, target, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(target + at, tl.load(source + at, mask=at < n), mask=at < n)


def spread(times):
    """(number, median, coefficient of variation)"""
    return len(times), statistics.median(times), statistics.stdev(times) / statistics.fmean(times)


def do_bench_us(mib):
    n = mib * 2**20 // 4
    source = torch.randn(n, device="cuda")
    target = torch.empty_like(source)
    run = lambda: copy_kernel[(triton.cdiv(n, BLOCK),)](source, target, n, BLOCK=BLOCK, num_warps=4)
    run()
    torch.cuda.synchronize()
    if not torch.equal(source, target):
        sys.exit(f"the Triton kernel is wrong at {mib} MiB")
    return [1e3 * ms for ms in triton.testing.do_bench(run, return_mode="all")]


def claims_us(aisp, mib, time_limit, more):
    """Claims of each implementation's timed windows, a call's share of each; their calls; its verdict."""
    with tempfile.TemporaryDirectory() as folder:
        command = [aisp, "bench", "run", "-q", "-t", f"testbed:copy{mib}m", "--device", "cuda",
                   "--time-limit", str(time_limit), "--interval", "0.01", "--artifacts", folder, *more]
        done = subprocess.run(command, capture_output=True, text=True)
        ledger = pathlib.Path(folder) / "ledger.db"
        if not ledger.exists():
            sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
        rows = sqlite3.connect(ledger).execute(
            "SELECT v.implementation, v.correct, v.honest, s.claim_ns, s.calls FROM samples s"
            " JOIN verdicts v ON s.verdict = v.id"
            " WHERE s.kind = 'timed' AND s.claim_sane = 1 AND v.part IN ('baseline', 'optimized')"
        ).fetchall()
    sides = {}
    for name, correct, honest, claim_ns, calls in rows:
        side = sides.setdefault(name, {"accepted": correct == 1 and honest == 1, "us": [], "calls": []})
        side["us"].append(1e-3 * claim_ns / calls)
        side["calls"].append(calls)
    if not sides:
        sys.exit(f"no timed window in the ledger\n{done.stdout}{done.stderr}")
    return sides


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"))
    parser.add_argument("--time-limit", type=float, default=3, help="seconds for each size and kind")
    parser.add_argument("--json", type=pathlib.Path, help="all times of both, in µs")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        not_run("PyTorch sees no GPU")
    aisp = options.build / "bin" / "aisp"
    if not aisp.exists():
        not_run(f"there is no {aisp}")

    print(f"{torch.cuda.get_device_name(0)}; PyTorch {torch.__version__}, Triton {triton.__version__}")
    print(f"{'MiB':>5}  {'who':<22}{'samples':>8}{'calls in one':>14}{'median us':>11}{'spread':>10}"
          f"{'asked':>10}")

    def row(mib, who, samples, calls, asked=None, note=""):
        n, median, deviation = spread(samples)
        limit = f"{100 * asked:8.2f} %" if asked is not None else " " * 10
        print(f"{mib:>5}  {who:<22}{n:>8}{calls:>14}{median:>11.2f}{100 * deviation:>8.2f} %{limit}  {note}",
              flush=True)
        return deviation

    everything = {}
    for mib in SIZES_MIB:
        peer = do_bench_us(mib)
        everything[mib] = {"do_bench": peer}
        asked = row(mib, "do_bench", peer, 1) / (1 if mib == 256 else 2)
        for name, more in (("windows", []), ("single calls", ["--calls-per-window", "1"])):
            sides = claims_us(aisp, mib, options.time_limit, more)
            everything[mib][name] = sides
            for side, values in sorted(sides.items()):
                _, _, deviation = spread(values["us"])
                note = "met" if deviation <= asked else "NOT MET"
                if not values["accepted"]:
                    note += ", not accepted"
                row(mib, f"{side}, {name}", values["us"], max(values["calls"]), asked, note)
    if options.json:
        options.json.write_text(json.dumps(everything))


if __name__ == "__main__":
    main()
