"""Counts what a training step launches on a GPU, on a device that is not there.

    python benchmarks/gpu_launches.py mlp_small lstm_text           by kind
    python benchmarks/gpu_launches.py mlp_small --steps             one by one
    python benchmarks/gpu_launches.py resnet20 --policy mixed_bfloat16

A step is recorded, compiled and bound as for a GPU, with the stand-ins for CuPy and its
libraries that the tests have; then it is launched, and nothing is computed. The time is
an ESTIMATE by the figures below. No GPU was asked, and what a launch takes depends on
what it does. Large models are counted with small batches, and bytes told for theirs.
"""

import argparse
import importlib
import pathlib
import re
import sys
from collections import Counter
from functools import cache
from math import isqrt, prod
from types import SimpleNamespace
from typing import NamedTuple

import datasets
import measure
import numpy as np
import pytest

__all__ = ["Step", "count", "main"]

LAUNCH = 1.5e-6  # seconds, within a graph
BYTES = 4.3e12  # that an H200 moves in a second
# What it multiplies and adds in a second at best; float32 as TF32.
OPERATIONS = {"float32": 3.9e14, "bfloat16": 7.9e14, "float16": 7.9e14}
FEWER_ROWS = {"resnet20": 16, "resnet50": 2, "transformer_large": 2}
LIBRARIES = {"cublaslt": "cuBLAS", "cudnn_rnn": "cuDNN"}  # functions `launch`
KERNEL = r"void [^\n]*?\b(k[0-9a-f]{16})\((.*?)\n}\n"  # its name and its text
# Kinds of our kernels by what their text holds, the first that does.
KINDS = {
    "joined": "piece_",
    "scatter": "atomicAdd(to",
    "columns": "down<",
    "rows": "across<",
    "gather": "to0, t * LANES",
    "flat": "",
}


class Step(NamedTuple):
    """What a step launches.

    Args:
        launches: Kind, bytes and title of each.
        nbytes: What products and convolutions read and write.
        seconds: What they take where nothing but multiplying takes time.
    """

    launches: list
    nbytes: int
    seconds: float

    @property
    def moved(self):
        """Returns all bytes that are read and written."""
        return self.nbytes + sum(n for _, n, _ in self.launches)

    @property
    def kinds(self):
        """Returns how many launches there are of each kind."""
        return Counter(kind for kind, _, _ in self.launches)


class Device:
    """The emulated device, which only notes what is launched once `title` is set."""

    def __init__(self, patch):
        emulated = importlib.import_module("tests.backends.cuda.emulated_device")
        self.cupy, self.title, self.launches = emulated.install(patch), None, []
        self.cupy.order.read = self.cupy.order.write = lambda *use: None
        self.cupy.work, self.emulate = self.work, self.cupy.RawModule
        self.cupy.RawModule = self.module
        choosing = importlib.import_module("kerasish.backends.cuda.choosing")
        patch.setattr(choosing, "LEAST", float("inf"))  # nothing is tried and timed
        for part, kind in LIBRARIES.items():
            module = importlib.import_module(f"kerasish.backends.cuda.{part}")
            patch.setattr(module, "launch", self.noted(kind, module.launch))

    def noted(self, kind, run):
        """Returns a function that notes a launch, or does what it did before."""

        def launch(*given):
            if self.title is None:
                run(*given)
            else:
                self.launches.append((kind, 0, self.title))

        return launch

    def work(self, stream, function, hosts, named):
        """Does CuPy's work, or notes it; what cuDNN's graphs do has no arrays."""
        if self.title is None:
            function(*hosts, **named)
            return
        arrays = [x for x in hosts if isinstance(x, np.ndarray)]
        kind = "CuPy" if arrays else "cuDNN"
        self.launches.append((kind, sum(x.nbytes for x in arrays), self.title))

    def module(self, code, options):
        """Returns a module that notes its kernels; it is compiled if one has to run."""
        texts = dict(re.findall(KERNEL, code, re.S))
        real = cache(lambda: self.emulate(code=code, options=options))

        def kernel(name):
            kind = next(k for k, sign in KINDS.items() if sign in texts[name])

            def launch(grid, block, arrays):
                if self.title is None:
                    real().get_function(name)(grid, block, arrays)
                else:
                    nbytes = sum(x.nbytes for x in arrays)
                    self.launches.append((kind, nbytes, self.title))

            return launch

        return SimpleNamespace(get_function=kernel)


def work_of(name, inputs, outputs):
    """Returns the bytes and the seconds of a product or a convolution, else zeros."""
    if name not in ("matmul", "dense") and "conv" not in name:
        return np.zeros(2)
    arrays = [x for x in (*inputs, *outputs) if x is not None]
    if name in ("matmul", "dense"):
        size = inputs[0].shape[-1] * outputs[0].size
    else:  # images on both sides and kernel share all axes but two, two by two
        size = isqrt(prod(x.size for x in (*inputs[:2], outputs[0])))
    peak = OPERATIONS.get(outputs[0].dtype.name, 1e13)
    return np.array([sum(x.nbytes for x in arrays), 2 * size / peak])


def count(workload, rows, policy="float32"):
    """Returns the training step of a workload as it is launched.

    Args:
        workload: Its name.
        rows: The batch.
        policy: The dtype policy.
    """
    keras = importlib.import_module("kerasish")
    backends = importlib.import_module("kerasish.backends")
    cuda = importlib.import_module("kerasish.backends.cuda")
    base = importlib.import_module("kerasish.backends.cupy_backend").CupyBackend
    plans, works = [], []

    class Backend(base):
        def lower(self, name, static, inputs, outputs):
            works.append(work_of(name, inputs, outputs))
            return super().lower(name, static, inputs, outputs)

        def record(self, steps, names):
            plans.append((cuda.join(steps, names), sum(works, np.zeros(2))))
            if names[:1] != ["gather"]:
                works.clear()
            return []

    with pytest.MonkeyPatch.context() as patch:
        device = Device(patch)
        with backends.backend_scope(Backend()):
            keras.config.set_dtype_policy(policy)
            keras.config.set_matmul_precision("high")
            model = importlib.import_module(f"workloads.{workload}").build()
            model.jit_compile = True
            data = datasets.make(workload, True)[:2]
            x, y = (np.resize(a, (9 * rows, *a.shape[1:])) for a in data)
            model.fit(x, y, batch_size=rows, verbose=0)
        # The last that was recorded with its batches; its products came just before.
        place = max(i for i, p in enumerate(plans) if p[0][1][0] == "gather")
        nbytes, seconds = plans[place - 1][1]
        for step, title in zip(*plans[place][0], strict=True):
            device.title = title
            step()
    keras.config.set_dtype_policy(None)
    keras.config.set_matmul_precision("highest")
    return Step(device.launches, int(nbytes), float(seconds))


def estimate(workload, policy):
    """Returns a step, its bytes and its time, both as of the workload's batch."""
    batch = datasets.SHAPES[workload][2]
    rows = FEWER_ROWS.get(workload, batch)
    step = count(workload, rows, policy)
    moved, seconds = step.moved, step.seconds
    if rows != batch:  # bytes and multiplications grow with the rows as a line does
        other = count(workload, 2 * rows, policy)
        more = batch / rows - 1
        moved += (other.moved - moved) * more
        seconds += (other.seconds - seconds) * more
    return step, moved, len(step.launches) * LAUNCH + moved / BYTES + seconds


def main():
    """Prints the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workload", nargs="+", choices=list(datasets.SHAPES))
    parser.add_argument("--policy", default="float32")
    parser.add_argument("--steps", action="store_true", help="each launch")
    options = parser.parse_args()
    sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1]))
    measure.load("kerasish", options.workload[0])
    for workload in options.workload:
        step, moved, seconds = estimate(workload, options.policy)
        kinds = ", ".join(f"{n} {kind}" for kind, n in step.kinds.most_common())
        print(
            f"{workload}: {len(step.launches)} launches ({kinds}), {moved / 1e6:.1f} "
            f"MB, estimated and not measured: {seconds * 1e6:.0f} us",
            flush=True,
        )
        for kind, nbytes, title in step.launches if options.steps else ():
            print(f"  {kind:8} {nbytes:12,}  {title[:120]}")


if __name__ == "__main__":
    main()
