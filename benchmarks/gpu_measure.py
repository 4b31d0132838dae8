"""Measures one workload on one library on the GPU; prints a line of JSON."""

import importlib
import json
import statistics
import sys
import time

import datasets
import measure

__all__ = ["main"]


def load(library, workload):
    """Returns what knows how to run a workload with a library."""
    if library.startswith("torch"):
        way = library.partition("-")[2]
        return importlib.import_module("gpu_by_hand").Runner(workload, way)
    runner = measure.load(library, workload)
    if library == "kerasish":
        importlib.import_module("kerasish").config.set_matmul_precision("high")
    return runner


def used_mib():
    """Returns how much of the GPU's memory is taken, by this process and others."""
    free, total = importlib.import_module("cupy").cuda.runtime.memGetInfo()
    return (total - free) / 2**20


def main():
    """Prints the figures."""
    library, workload = sys.argv[1:3]
    quick, start = "--quick" in sys.argv, time.perf_counter()
    runner = load(library, workload)
    x, y, batch = datasets.make(workload, quick)
    runner.start(x, y, batch)
    figures = {"first_step_s": time.perf_counter() - start}
    epochs = runner.epochs(3 if quick else 8)
    figures["step_us"] = statistics.median(epochs[2:]) / (len(x) // batch) * 1e6
    figures["used_mib"] = used_mib()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
