"""Runs workloads on the GPU with each library in turn; prints medians and ratios."""

import argparse
import importlib
import importlib.util
import json
import os
import pathlib
import subprocess
import sys

import datasets
import run

__all__ = ["main"]

HERE = pathlib.Path(__file__).resolve().parent
# What each library is made of.
NEEDS = {
    "kerasish": ["cupy"],
    "torch": ["torch"],
    "torch-graph": ["torch"],
    "torch-compile": ["torch"],
    "keras-jax": ["keras", "jax"],
}
# The same precision for all: products of float32 may be rounded to TF32.
SETTINGS = {
    "KERASISH_BACKEND": "cupy",
    "KERAS_BACKEND": "jax",
    "JAX_DEFAULT_MATMUL_PRECISION": "tensorfloat32",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
}


def no_gpu():
    """Returns why there is no GPU to measure, None where there is one."""
    if importlib.util.find_spec("cupy") is None:
        return "CuPy is not installed"
    runtime = importlib.import_module("cupy").cuda.runtime
    try:
        return None if runtime.getDeviceCount() else "there is no device"
    except runtime.CUDARuntimeError as error:
        return str(error)


def libraries(wanted):
    """Returns the libraries that are installed, of those that are wanted."""
    return [
        name
        for name in wanted or NEEDS
        if all(importlib.util.find_spec(part) for part in NEEDS[name])
    ]


def run_once(library, workload, quick):
    """Returns the figures of one process."""
    env = {**os.environ, **SETTINGS}
    env["PYTHONPATH"] = f"{HERE.parent}{os.pathsep}{env.get('PYTHONPATH', '')}"
    command = [sys.executable, str(HERE / "gpu_measure.py"), library, workload]
    command += ["--quick"] if quick else []
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1:] or ["killed"]}
    return json.loads(done.stdout.splitlines()[-1])


def arguments(words=None):
    """Returns the options of the command line."""
    parser = argparse.ArgumentParser(prog="scripts/bench-gpu", description=__doc__)
    add = parser.add_argument
    add("--workload", action="append", choices=[*datasets.NAMES, *datasets.LARGE])
    add("--library", action="append", choices=list(NEEDS))
    add("--rounds", type=int, default=3)
    add("--quick", action="store_true", help="two steps an epoch, to see it work")
    add("--json", type=pathlib.Path, help="file for all figures")
    return parser.parse_args(words)


def main():
    """Measures, prints the tables and stores the figures."""
    options, missing = arguments(), no_gpu()
    if missing:
        print(f"scripts/bench-gpu needs a GPU: {missing}. Nothing was measured.")
        return 0
    stored = {}
    for workload in options.workload or [*datasets.NAMES, *datasets.LARGE]:
        runs = {library: [] for library in libraries(options.library)}
        for _ in range(1 if options.quick else options.rounds):
            for library, found in runs.items():
                found.append(run_once(library, workload, options.quick))
        stored[workload] = runs
        medians = {library: run.medians(found) for library, found in runs.items()}
        print(run.table(workload, medians), flush=True)
        for library, row in medians.items():
            if "failed" in row:
                print(f"{library}: {' '.join(row['failed'])}", flush=True)
        if options.json:
            options.json.write_text(json.dumps(stored, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
