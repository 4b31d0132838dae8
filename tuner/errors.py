"""The exceptions of a search: which end one trial and which end the search.

    KerasishError
    ├── FailedTrialError                    this trial failed; do not try it again
    └── FatalError                          end the search at once
        ├── FatalValueError (ValueError)
        ├── FatalTypeError (TypeError)
        └── FatalRuntimeError (RuntimeError)

Any other exception in a trial makes it INVALID: it is tried again up to
`max_retries_per_trial` times and is FAILED after that.
"""

from kerasish.core.errors import KerasishError

__all__ = [
    "FailedTrialError",
    "FatalError",
    "FatalRuntimeError",
    "FatalTypeError",
    "FatalValueError",
]


class FailedTrialError(KerasishError):
    """Raise it in a model builder to give up a combination of hyperparameters.

    Example:
        >>> def build(hp):
        ...     if hp.Int("layers", 1, 9) * hp.Int("units", 32, 1024) > 4096:
        ...         raise FailedTrialError("This model is too large.")
    """


class FatalError(KerasishError):
    """An error that ends the search, since every trial would meet it."""


class FatalValueError(FatalError, ValueError):
    """A wrong value that ends the search."""


class FatalTypeError(FatalError, TypeError):
    """A wrong type that ends the search."""


class FatalRuntimeError(FatalError, RuntimeError):
    """A wrong state that ends the search."""
