"""Measures one workload on one library in this process; prints a line of JSON."""

import importlib
import importlib.metadata
import json
import os
import resource
import statistics
import sys
import time

__all__ = ["main"]


def median_ms(call, times):
    """Returns the median time of a call in milliseconds, after three calls."""
    for _ in range(3):
        call()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1e3


def installed_mib():
    """Returns the size of the environment's installed packages in MiB."""
    total = 0
    for package in importlib.metadata.distributions():
        for file in package.files or ():
            path = package.locate_file(file)
            total += os.path.getsize(path) if os.path.exists(path) else 0
    return total / 2**20


def load(library, workload):
    """Imports the library and returns the module that knows how to run it."""
    if library == "torch":
        module = importlib.import_module("by_hand")
        return module.Runner(workload)
    if library.startswith("kerasish"):
        sys.modules["keras"] = importlib.import_module("kerasish")
        for part in ("layers", "optimizers", "callbacks"):
            name = f"kerasish.{part}"
            sys.modules[f"keras.{part}"] = importlib.import_module(name)
    return importlib.import_module("with_keras").Runner(workload)


def measure(library, workload, quick):
    """Returns the figures of one run."""
    start = time.perf_counter()
    runner = load(library, workload)
    figures = {"import_s": time.perf_counter() - start}
    datasets = importlib.import_module("datasets")
    x, y, batch = datasets.make(workload, quick)
    start = time.perf_counter()
    runner.start(x, y, batch)
    figures["first_step_s"] = figures["import_s"] + time.perf_counter() - start
    epochs = runner.epochs(3 if quick else 8)
    steps = len(x) // batch
    figures["step_ms"] = statistics.median(epochs[1:]) / steps * 1e3
    times = 3 if quick else 30
    figures["rows_s"] = len(x) / median_ms(runner.predict_all, 3) * 1e3
    figures["predict_one_ms"] = median_ms(runner.predict_one, times)
    figures["call_one_ms"] = median_ms(runner.call_one, times)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in KiB, macOS in bytes.
    figures["peak_mib"] = peak / (2**20 if sys.platform == "darwin" else 2**10)
    figures["installed_mib"] = installed_mib()
    return figures


def main():
    """Prints the figures, or that the library has no such layer yet."""
    library, workload = sys.argv[1:3]
    try:
        figures = measure(library, workload, "--quick" in sys.argv)
    except AttributeError as error:
        if "has no attribute" not in str(error) or "module" not in str(error):
            raise
        figures = {"not_yet": str(error)}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
