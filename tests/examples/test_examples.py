"""Every example runs; with small settings, but for the first one."""

import inspect
import runpy
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))
# Settings by the name of the parameter of `main` that they go to.
SMALL = {"epochs": 2, "max_trials": 2}


def main_of(path):
    return runpy.run_path(str(path))["main"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_and_says_what_it_reached(path, capsys, monkeypatch):
    monkeypatch.setenv("KERASISH_EXAMPLE_FAST", "1")
    main = main_of(path)
    parameters = inspect.signature(main).parameters
    small = {name: value for name, value in SMALL.items() if name in parameters}
    if path.stem == "digits":
        assert main() >= 0.97
    else:
        assert np.all(np.asarray(main(**small)) > 0)
    assert "%" in capsys.readouterr().out


def test_the_bound_of_the_custom_layer_lies_where_it_is_asked_to(capsys):
    path = next(path for path in EXAMPLES if path.stem == "custom_layer")
    assert 0.8 < main_of(path)(epochs=60) < 0.97


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_says_how_to_run_it_and_is_listed(path):
    text = path.read_text(encoding="utf-8")
    assert f"Run it:  python examples/{path.name}\n" in text
    pages = path.parents[1] / "docs" / "examples.md"
    assert f"(../examples/{path.name})" in pages.read_text(encoding="utf-8")
