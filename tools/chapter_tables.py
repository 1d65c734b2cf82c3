#!/usr/bin/env python3
"""Writes what recorded runs measured into the READMEs of the chapters, so that no figure there is typed.

    tools/chapter_tables.py RUN_FOLDER [RUN_FOLDER ...] [--chapters chapters]

A RUN_FOLDER holds manifest.json and results.json, as artifacts/runs/<id> does. For each chapter and each machine that
these are of, the block of its README between

    <!-- measured: MACHINE -->
    <!-- end -->

is written anew, or made at the end of the section "Measured…"; blocks of other machines stay. Where several runs have a
target on one machine, the last one named counts, and a target that was interrupted does not. What has no source below
the chapters any more is left out: a build folder may still have held it. Standard library only.
"""
import argparse
import json
import pathlib
import re
import sys


def duration(ns):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if ns >= size:
            return f"{ns / size:.4g} {unit}"
    return f"{ns:.4g} ns"


def interval(value):
    if value is None:
        return "–"
    return f"[{duration(value['low'])} **{duration(value['estimate'])}** {duration(value['high'])}]"


def time(row):
    if row["time_ns"] is None and row["claim_ns"]:
        return f"{duration(row['claim_ns'])} as claimed, {row['rounds']} rounds: no interval"
    return interval(row["time_ns"])


def speedup(row):
    value = row["speedup"]
    if row["part"] == "baseline":
        return "baseline"
    if value is None:
        return "–"
    return f"[{value['low']:.3g} **{value['estimate']:.3g}** {value['high']:.3g}]"


def verdict(row):
    if row["correct"] is False or row["honest"] is False:
        return "refused"
    if not (row["correct"] and row["honest"]):
        return "not proven"
    if row["part"] in ("baseline", "ceiling"):
        return "correct, honest"
    return (row["comparison"] or "not compared").replace("_", " ")


def share(row):
    ceiling = row.get("ceiling")
    if not ceiling or not ceiling.get("fraction"):
        return "–"
    # More than `physics` lets pass (its 0.8): the roofline of another type, as runs before 2026-11-27 took fp32's for all.
    if ceiling["name"] == "roofline" and ceiling["fraction"] > 1 / 0.8:
        return "–"
    return f"{100 * ceiling['fraction']:.0f} % of {ceiling['name'].replace('ceiling_', '')}"


def machine_of(manifest, device):
    machine = manifest["machine"]
    if device == "cuda":
        return machine.get("gpu", "a GPU")
    return f"{machine.get('cpu model', 'a CPU')}, {machine.get('cpus', '?')} CPUs"


def has_source(chapters, row):
    chapter, name = row["target"].split(":")
    return any((chapters / chapter / name).glob(row["implementation"] + ".*"))


def run_text(manifest):
    commit = manifest["software"].get("git commit", "no checkout")[:12]
    return f"{manifest['started_at']} (commit {commit}, isolation {manifest['isolation']})"


def block(targets):
    runs = sorted({run_text(manifest) for manifest, rows in targets.values()})
    lines = [
        f"Recorded {' and '.join(runs)}. Time per call and speedup as [low **estimate** high], 95 %, cold.",
        "",
        "| target | implementation | time per call | speedup | share | verdict |",
        "|---|---|---|---|---|---|",
    ]
    for target in sorted(targets):
        for at, row in enumerate(targets[target][1]):
            name = f"`{target}`" if at == 0 else ""
            lines.append(f"| {name} | `{row['implementation']}` | {time(row)} | {speedup(row)} | "
                         f"{share(row)} | {verdict(row)} |")
    return "\n".join(lines) + "\n"


def with_block(text, machine, content):
    begin, end = f"<!-- measured: {machine} -->\n", "<!-- end -->\n"
    new = begin + f"**{machine}.** " + content + end
    at = text.find(begin)
    if at >= 0:
        stop = text.find(end, at)
        if stop < 0:
            raise SystemExit(f"chapter_tables.py: {begin.strip()} has no {end.strip()}")
        return text[:at] + new + text[stop + len(end):]
    section = re.search(r"^## Measured.*\n", text, re.M)
    if section is None:
        return text.rstrip("\n") + "\n\n## Measured\n\n" + new
    following = re.search(r"^## ", text[section.end():], re.M)
    place = section.end() + following.start() if following else len(text)
    return text[:place].rstrip("\n") + "\n\n" + new + ("\n" + text[place:] if following else "")


def main():
    parser = argparse.ArgumentParser(description="Writes recorded figures into the READMEs of the chapters.")
    parser.add_argument("runs", nargs="+", type=pathlib.Path)
    parser.add_argument("--chapters", type=pathlib.Path, default=pathlib.Path("chapters"))
    options = parser.parse_args()
    found = {}  # (chapter, machine) -> {target: (manifest, rows)}
    for folder in options.runs:
        try:
            manifest = json.loads((folder / "manifest.json").read_text())
            results = json.loads((folder / "results.json").read_text())["results"]
        except (OSError, ValueError, KeyError) as fault:
            sys.exit(f"chapter_tables.py: {folder} is no folder of a run: {fault}")
        fresh = {}
        for row in results:
            if row["stop_reason"] == "interrupted":
                continue
            if not has_source(options.chapters, row):
                print(f"left out: {row['target']} {row['implementation']} has no source", file=sys.stderr)
                continue
            key = (row["target"].split(":")[0], machine_of(manifest, row["device"]))
            fresh.setdefault(key, {}).setdefault(row["target"], (manifest, []))[1].append(row)
        for key, targets in fresh.items():
            found[key] = {**found.get(key, {}), **targets}
    for (chapter, machine), targets in sorted(found.items()):
        readme = options.chapters / chapter / "README.md"
        if not readme.is_file():
            print(f"{chapter}: there is no {readme}", file=sys.stderr)
            continue
        readme.write_text(with_block(readme.read_text(), machine, block(targets)))
        print(f"{readme}: {len(targets)} targets on {machine}")


if __name__ == "__main__":
    main()
