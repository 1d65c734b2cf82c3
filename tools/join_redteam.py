#!/usr/bin/env python3
"""Joins recorded runs of `aisp redteam` on one device, made by the same build, into one with all their repeats.

  tools/join_redteam.py RUN.json RUN.json... > joined.json

For long series that are run as several commands (a machine that is lent for minutes, two GPUs beside each other). Of runs with
--part K/N, all N parts make one repeat; whole runs may stand beside them. Refuses runs of different devices or patterns, runs
that were cut off, and repeats of which a part is missing. What each command was stands in the joined run's "command", and all
commits in "git commit".
"""
import json
import sys


def fail(why):
    sys.exit(f"join_redteam.py: {why}")


def repeats_of(runs):
    """Lists of rows, one for each repeat of the whole corpus."""
    whole, parts = [], {}
    for run in runs:
        into = parts.setdefault(run["run"].get("part", ""), [])
        for repeat in range(run["run"]["repeats"]):
            into.append([row for row in run["rows"] if row["repeat"] == repeat])
    whole += parts.pop("", [])
    for of in sorted({part.split("/")[1] for part in parts}):
        slices = [parts.get(f"{at}/{of}", []) for at in range(1, int(of) + 1)]
        most = max(len(repeats) for repeats in slices)
        short = [f"{at}/{of}" for at, repeats in enumerate(slices, 1) if len(repeats) < most]
        if short:
            fail(f"there are {most} repeats of other parts, and fewer of {', '.join(short)}")
        whole += [sum(together, []) for together in zip(*slices)]
    return whole


def main(files):
    if len(files) < 2:
        sys.exit(__doc__)
    runs = [json.load(open(name)) for name in files]
    for name, run in zip(files, runs):
        for key in ("device", "pattern"):
            if run["run"][key] != runs[0]["run"][key]:
                fail(f"runs of different {key}: nothing to join")
        if not run["run"].get("complete", True):
            fail(f"{name} was cut off: it is not whole")
    about = dict(runs[0]["run"])
    # That of the repository when a run began, which may have moved on since the program was built.
    commits = dict.fromkeys(run["run"]["software"].get("git commit", "unknown") for run in runs)
    about["software"] = {**about["software"], "git commit": ", ".join(commits)}
    about["finished_at"] = max(run["run"]["finished_at"] for run in runs)
    about["started_at"] = min(run["run"]["started_at"] for run in runs)
    about["command"] = "; ".join(dict.fromkeys(run["run"]["command"] for run in runs))
    about["part"], about["complete"] = "", True
    repeats = repeats_of(runs)
    about["repeats"] = len(repeats)
    rows = [{**row, "repeat": number} for number, repeat in enumerate(repeats) for row in repeat]
    summary = {key: sum(run["summary"][key] for run in runs) for key in runs[0]["summary"]}
    out = lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    print("{")
    print(f'"schema_version": {runs[0]["schema_version"]},')
    print(f'"summary": {out(summary)},')
    print(f'"run": {out(about)},')
    print('"rows": [')
    print(",\n".join(out(row) for row in rows))
    print("]\n}")


if __name__ == "__main__":
    main(sys.argv[1:])
