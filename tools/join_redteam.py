#!/usr/bin/env python3
"""Joins recorded runs of `aisp redteam` on one device, made by the same build, into one with all their repeats.

  tools/join_redteam.py RUN.json RUN.json... > joined.json

For long series that are run as several commands (a machine that is lent for minutes, two GPUs beside each other). Refuses
runs of different devices or patterns. What each command was stands in the joined run's "command", and all commits in "git commit".
"""
import json
import sys


def main(files):
    if len(files) < 2:
        sys.exit(__doc__)
    runs = [json.load(open(name)) for name in files]
    for run in runs[1:]:
        for key in ("device", "pattern"):
            if run["run"][key] != runs[0]["run"][key]:
                sys.exit(f"join_redteam.py: runs of different {key}: nothing to join")
    about = dict(runs[0]["run"])
    # That of the repository when a run began, which may have moved on since the program was built.
    commits = dict.fromkeys(run["run"]["software"]["git commit"] for run in runs)
    about["software"] = {**about["software"], "git commit": ", ".join(commits)}
    about["finished_at"] = max(run["run"]["finished_at"] for run in runs)
    about["started_at"] = min(run["run"]["started_at"] for run in runs)
    about["command"] = "; ".join(dict.fromkeys(run["run"]["command"] for run in runs))
    about["repeats"] = 0
    rows = []
    for run in runs:
        for row in run["rows"]:
            rows.append({**row, "repeat": row["repeat"] + about["repeats"]})
        about["repeats"] += run["run"]["repeats"]
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
