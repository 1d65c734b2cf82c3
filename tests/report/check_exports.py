#!/usr/bin/env python3
"""check_exports.py FORMAT FILE: exit 0 if FILE can be read by those who read FORMAT, else 1 and why.

google-benchmark  what tools/gbench/report.py of google/benchmark takes out of a file, in the same steps
nvbench           the keys that nvbench's reader and nvbench_compare.py ask for
junit             well-formed XML, counts that agree with the test cases
openmetrics       prometheus_client's own parser (python3-prometheus-client)
csv               as many fields in each row as in the first
"""
import csv
import json
import sys
import xml.etree.ElementTree as xml


def reject(name):
    raise ValueError(f"{name} is not JSON")


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file, parse_constant=reject)


def google_benchmark(path):
    document = load(path)
    context = document["context"]
    assert context["json_schema_version"] == 1
    for key in ("date", "host_name", "executable", "num_cpus", "mhz_per_cpu", "caches",
                "load_avg", "library_build_type"):
        assert key in context, key
    units = {}
    repetitions = {}
    for b in document["benchmarks"]:
        assert b["run_type"] in ("iteration", "aggregate")
        assert b["time_unit"] in ("ns", "us", "ms", "s")
        assert units.setdefault(b["name"], b["time_unit"]) == b["time_unit"]
        for key in ("real_time", "cpu_time"):
            assert isinstance(b[key], (int, float)) and not isinstance(b[key], bool)
        assert isinstance(b["iterations"], int)
        if b["run_type"] == "aggregate":
            assert b["aggregate_name"] in ("mean", "median", "stddev", "cv")
            assert b["name"] == b["run_name"] + "_" + b["aggregate_name"]
        elif not b.get("error_occurred"):
            assert b["name"] == b["run_name"]
            assert b["repetition_index"] == repetitions.get(b["name"], 0)
            repetitions[b["name"]] = b["repetition_index"] + 1
    for b in document["benchmarks"]:
        if b["run_type"] == "iteration" and not b.get("error_occurred"):
            assert b["repetitions"] == repetitions[b["name"]]
    # A file compared with itself: every measurement finds its partner, and nothing has changed.
    for name in {b["name"] for b in document["benchmarks"]}:
        rows = [b for b in document["benchmarks"] if b["name"] == name]
        for old, new in zip(rows, rows):
            change = 0 if old["real_time"] == 0 else (
                (new["real_time"] - old["real_time"]) / abs(old["real_time"]))
            assert change == 0
    return len(document["benchmarks"])


def nvbench(path):
    document = load(path)
    version = document["meta"]["version"]["json"]
    assert (version["major"], version["minor"]) == (1, 0)
    devices = {d["id"]: d["name"] for d in document["devices"]}
    count = 0
    for bench in document["benchmarks"]:
        assert isinstance(bench["name"], str)
        assert all(d in devices for d in bench["devices"])
        axes = {axis["name"] for axis in bench["axes"]}
        for state in bench["states"]:
            assert state["device"] in devices
            assert {v["name"] for v in state["axis_values"]} == axes
            count += 1
            if state["is_skipped"]:
                assert not state["summaries"] and state["skip_reason"]
                continue
            found = {}
            for summary in state["summaries"]:
                value = next(v for v in summary["data"] if v["name"] == "value")
                assert value["type"] == "float64"
                found[summary["tag"]] = float(value["value"])
            assert found["nv/cold/time/gpu/mean"] > 0
            assert found["nv/cold/time/gpu/stdev/relative"] >= 0
    return count


def junit(path):
    root = xml.parse(path).getroot()
    assert root.tag == "testsuites"
    count = 0
    for suite in root:
        cases = suite.findall("testcase")
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(name)) == sum(1 for c in cases if c.find(tag) is not None), name
        assert int(suite.get("tests")) == len(cases)
        count += len(cases)
        for case in cases:
            assert case.get("classname") and case.get("name")
            float(case.get("time"))
    assert int(root.get("tests")) == count
    return count


def openmetrics(path):
    try:
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
    except ImportError:  # another Python than the distribution's comes first in PATH
        sys.path.append("/usr/lib/python3/dist-packages")
        from prometheus_client.openmetrics.parser import text_string_to_metric_families

    with open(path, encoding="utf-8") as file:
        families = list(text_string_to_metric_families(file.read()))
    assert {"aisp_call_time_seconds", "aisp_speedup_ratio", "aisp_correct", "aisp_honest",
            "aisp_run"} == {f.name for f in families}
    return sum(len(f.samples) for f in families)


def comma_separated(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    assert rows and all(len(row) == len(rows[0]) for row in rows)
    for row in rows[1:]:
        assert not any(field[:1] in "=+@" for field in row if field)
    return len(rows) - 1


def main():
    readers = {"google-benchmark": google_benchmark, "nvbench": nvbench, "junit": junit,
               "openmetrics": openmetrics, "csv": comma_separated, "json": load}
    if len(sys.argv) != 3 or sys.argv[1] not in readers:
        sys.exit(__doc__)
    print(readers[sys.argv[1]](sys.argv[2]))


if __name__ == "__main__":
    main()
