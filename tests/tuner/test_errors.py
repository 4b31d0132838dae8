import pytest

from kerasish.core.errors import KerasishError
from kerasish.tuner import errors


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("FatalValueError", ValueError),
        ("FatalTypeError", TypeError),
        ("FatalRuntimeError", RuntimeError),
    ],
)
def test_fatal_errors_are_builtins_too(name, builtin):
    error = getattr(errors, name)
    assert issubclass(error, errors.FatalError) and issubclass(error, builtin)


def test_all_are_errors_of_kerasish():
    assert all(issubclass(getattr(errors, n), KerasishError) for n in errors.__all__)
    assert not issubclass(errors.FailedTrialError, errors.FatalError)
