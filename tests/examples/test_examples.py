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
SMALL = {"epochs": 2, "max_trials": 2}


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
    monkeypatch.setattr(sys, "argv", [path.name, "--fast"])
    reached = run(path) if path.stem == "digits" else run(path, **SMALL)
    if path.stem == "digits":
        assert reached >= 0.97
    assert reached is None or np.all(np.asarray(reached) > 0)
    assert re.search(r"\d%|Accuracy", capsys.readouterr().out)


def test_the_bound_of_the_custom_layer_lies_where_it_is_asked_to():
    assert 0.8 < run(example("custom_layer"), epochs=60) < 0.97


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_listed(path):
    page = path.parents[1] / "docs" / "examples.md"
    assert f"(../examples/{path.name})" in page.read_text(encoding="utf-8")
