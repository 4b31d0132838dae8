"""The metrics handed to callbacks: plain floats, read only when looked at."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from kerasish.core.errors import ArgumentError

__all__ = ["LazyLogs", "pythonify_logs"]


def pythonify_logs(logs: Mapping[str, Any] | None) -> dict[str, Any]:
    """Returns logs as a new dict with sorted names and Python floats.

    Args:
        logs: Metrics by name. A nested dict is spread out; what is not one number is
            kept as it is.

    Example:
        >>> pythonify_logs({"loss": np.float32(0.5), "all": {"accuracy": 1}})
        {'accuracy': 1.0, 'loss': 0.5}
    """
    result: dict[str, Any] = {}
    for name, value in sorted((logs or {}).items()):
        if isinstance(value, Mapping):
            result.update(pythonify_logs(value))
        else:
            result[name] = _as_float(value)
    return result


def _as_float(value: Any) -> Any:
    if isinstance(value, float):
        return float(value)
    try:
        array = np.asarray(value)
        return float(array.reshape(())) if array.size == 1 else value
    except ArgumentError:  # what a device has found, told now that it is waited for
        raise
    except (TypeError, ValueError):
        return value


def _filled(name: str) -> Any:
    """Builds the method of `dict` with this name, on logs that have been read."""
    method = getattr(dict, name)

    def call(self: "LazyLogs", *args: Any, **kwargs: Any) -> Any:
        self.read()
        return method(self, *args, **kwargs)

    call.__name__, call.__doc__ = name, method.__doc__
    return call


class LazyLogs(dict[str, Any]):
    """A dict whose items are fetched when it is first looked at, all at once.

    The training loop hands one to every batch hook, so that a step does not wait for
    the device unless a callback wants the numbers.

    Args:
        source: A function without arguments that returns the items.

    Example:
        >>> def source():
        ...     print("read")
        ...     return {"loss": 0.5}
        >>> logs = LazyLogs(source)
        >>> logs["loss"], logs["loss"]
        read
        (0.5, 0.5)
    """

    def __init__(self, source: Callable[[], Mapping[str, Any]]) -> None:
        # Code in C looks at the size without asking: `json` would write an empty
        # dict as "{}" unread.
        super().__init__({"unread": None})
        self._source: Callable[[], Mapping[str, Any]] | None = source

    def read(self) -> None:
        """Fetches the items unless that was done before."""
        if self._source is not None:
            items = self._source()
            self._source = None
            super().clear()
            super().update(items)

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


for _name in (
    "__contains__ __delitem__ __eq__ __getitem__ __ior__ __iter__ __len__ __ne__ "
    "__or__ __repr__ __reversed__ __ror__ __setitem__ clear copy get items keys pop "
    "popitem setdefault update values"
).split():
    setattr(LazyLogs, _name, _filled(_name))
