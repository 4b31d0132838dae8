import inspect

import pytest

from kerasish.core import errors

# What people who write for Keras catch.
BUILTINS = {
    "ArgumentError": ValueError,
    "ArgumentTypeError": TypeError,
    "BackendError": RuntimeError,
    "DtypeError": TypeError,
    "GradientError": ValueError,
    "KeywordError": (TypeError, ValueError),
    "ModelFileError": ValueError,
    "SerializationError": ValueError,
    "ShapeError": ValueError,
    "StateError": RuntimeError,
    "UnsafeModelError": ValueError,
}


@pytest.mark.parametrize("name", BUILTINS)
def test_error_is_also_a_builtin(name):
    with pytest.raises(BUILTINS[name]):
        raise getattr(errors, name)("what is wrong")
    assert issubclass(getattr(errors, name), errors.KerasishError)


def test_a_keyword_is_wrong_for_python_and_for_keras():
    for builtin in (TypeError, ValueError):
        with pytest.raises(builtin, match="colour"):
            raise errors.KeywordError("no argument colour")


def test_every_error_is_in_the_tree_of_the_docstring():
    classes = [n for n, c in vars(errors).items() if inspect.isclass(c) and "K" < n]
    for name in [*BUILTINS, *classes]:
        if issubclass(getattr(errors, name), Exception):
            assert name in errors.__doc__


def test_warnings_can_be_filtered_by_category():
    assert issubclass(errors.DataWarning, errors.KerasishWarning)
    assert issubclass(errors.KerasishWarning, UserWarning)


@pytest.mark.parametrize(
    "name, hint",
    [
        ("adm", " Did you mean 'Adam'?"),
        ("ADAM", " Did you mean 'Adam'?"),
        ("zzz", ""),
        (3, ""),
    ],
)
def test_suggest(name, hint):
    assert errors.suggest(name, ["SGD", "Adam"]) == hint


def test_unknown_names_what_is_known():
    error = errors.unknown("loss", "msee", ["mse", "mae", "mse"])
    assert str(error) == "Unknown loss: 'msee'. Did you mean 'mse'? Known: mae, mse."


def test_unknown_shows_forty_names():
    error = errors.unknown("op", "?", [f"name{i:02}" for i in range(41)])
    assert "name39, ..." in str(error)
    assert "name40" not in str(error)
