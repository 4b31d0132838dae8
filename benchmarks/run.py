"""Runs workloads on libraries in turn and prints a table of medians and ratios."""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import venv

import datasets

__all__ = ["main"]

HERE = pathlib.Path(__file__).resolve().parent
KERAS = "keras==3.15.1"
# What pip installs for each library; torch comes from the index of CPU builds.
NEEDS = {
    "kerasish": [f"{HERE.parent}"],
    "kerasish-cpu": [f"{HERE.parent}[cpu]"],
    "keras-jax": [KERAS, "jax"],
    "keras-torch": [KERAS, "torch==2.13.0"],
    "keras-tensorflow": [KERAS, "tensorflow-cpu"],
    "torch": ["torch==2.13.0", "numpy"],
}
TORCH = "https://download.pytorch.org/whl/cpu"
HIGHER = {"rows_s"}
WITHOUT = {"failed", "not_yet"}  # in place of figures: why there are none


def environment(library):
    """Returns the interpreter of a library's environment, made when it is new."""
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    root = os.environ.get("KERASISH_BENCH_ENVS", f"{cache}/kerasish/bench")
    folder = pathlib.Path(root).expanduser() / library
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        venv.create(folder, with_pip=True, clear=True)
        pip = [python, "-m", "pip", "install", "-q", "--extra-index-url", TORCH]
        subprocess.run([*pip, *NEEDS[library]], check=True)
        (folder / "ready").touch()
    return str(python)


def run_once(python, library, workload, options):
    """Returns the figures of one process."""
    env = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3")
    if library.startswith("kerasish"):
        env["PYTHONPATH"] = str(HERE.parent)
    if library.startswith("keras-"):
        env["KERAS_BACKEND"] = library.removeprefix("keras-")
    if options.threads:
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
            env[name] = str(options.threads)
    command = [python, str(HERE / "measure.py"), library, workload]
    command += ["--quick"] if options.quick else []
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1:] or ["killed"]}
    return json.loads(done.stdout.splitlines()[-1])


def medians(runs):
    """Returns the median of each figure over the rounds that gave one."""
    good = [run for run in runs if not run.keys() & WITHOUT]
    if not good:
        return runs[0]
    return {key: statistics.median(run[key] for run in good) for key in good[0]}


def ratio(key, row, rows):
    """Returns how often a figure is as good as the fastest peer's, or None."""
    peers = [r[key] for n, r in rows.items() if n[:8] != "kerasish" and key in r]
    if not peers:
        return None
    return row[key] / max(peers) if key in HIGHER else min(peers) / row[key]


def table(workload, rows):
    """Returns the Markdown table of a workload; in brackets, times the best peer."""
    keys = list(dict.fromkeys(k for row in rows.values() for k in row))
    keys = [key for key in keys if key not in WITHOUT]
    lines = [f"### {workload}", "", "| library | " + " | ".join(keys) + " |"]
    lines.append("| --- " * (len(keys) + 1) + "|")
    for library, row in rows.items():
        cells = []
        for key in keys:
            times = ratio(key, row, rows) if key in row else None
            missing = "failed" if "failed" in row else "not yet"
            cell = f"{row[key]:.4g}" if key in row else missing
            cells.append(cell if times is None else f"{cell} ({times:.2f}x)")
        lines.append(f"| {library} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def arguments(words=None):
    """Returns the options of the command line."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    add = parser.add_argument
    add("--workload", action="append", choices=datasets.NAMES)
    add("--library", action="append", choices=list(NEEDS))
    add("--python", action="append", default=[], metavar="LIBRARY=PATH")
    add("--rounds", type=int, default=5)
    add("--threads", type=int, help="threads of each library; default: its own")
    add("--quick", action="store_true", help="two steps an epoch, to see it work")
    add("--json", type=pathlib.Path, help="file for all figures")
    return parser.parse_args(words)


def main():
    """Measures, prints the tables and stores the figures."""
    options = arguments()
    given = dict(pair.split("=", 1) for pair in options.python)
    libraries = options.library or list(NEEDS)
    pythons = {name: given.get(name) or environment(name) for name in libraries}
    stored = {}
    for workload in options.workload or datasets.NAMES:
        runs = {library: [] for library in libraries}
        # In turn, so that a slow minute of the machine hits all of them.
        for _ in range(1 if options.quick else options.rounds):
            for library, found in runs.items():
                python = pythons[library]
                found.append(run_once(python, library, workload, options))
        stored[workload] = runs
        print(table(workload, {k: medians(v) for k, v in runs.items()}), flush=True)
        if options.json:
            options.json.write_text(json.dumps(stored, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
