"""Importing kerasish is quick because what is heavy waits until it is used."""

import subprocess
import sys

from tests.sources import ROOT

HEAVY = {"cupy", "h5py", "numba", "pandas", "scipy", "sklearn", "tqdm"}

TRAIN = """
import numpy as np
import kerasish as keras

model = keras.Sequential([keras.layers.Dense(1)])
model.compile(optimizer="sgd", loss="mse")
model.fit(np.ones((4, 2), "float32"), np.ones((4, 1)), verbose=0)
model.predict(np.ones((4, 2), "float32"), verbose=0)
"""


def loaded_after(code):
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_importing_kerasish_loads_nothing_heavy():
    assert not loaded_after("import kerasish") & HEAVY


def test_training_loads_only_what_it_uses():
    assert not loaded_after(TRAIN) & {"numba", "pandas", "scipy", "sklearn"}
