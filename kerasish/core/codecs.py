"""How values that are no JSON are written: slices, bytes, arrays, tensors, lambdas.

Each kind has a name such as `__slice__`. Rooms above `core` add their own types with
`register_codec`; this room knows none of them.
"""

from collections.abc import Callable
from types import EllipsisType, FunctionType
from typing import Any, NamedTuple

from kerasish.core.code_objects import decode_lambda, encode_lambda
from kerasish.core.errors import SerializationError

__all__ = ["decode", "encode", "register_codec"]


class _Codec(NamedTuple):
    """One kind of value, with the functions that write and read it."""

    name: str
    matches: Callable[[Any], bool]
    to_config: Callable[[Any], Any]
    from_config: Callable[[Any], Any]


_codecs: dict[str, _Codec] = {}


def register_codec(
    name: str,
    kind: type | tuple[type, ...] | Callable[[Any], bool],
    to_config: Callable[[Any], dict[str, Any]],
    from_config: Callable[[dict[str, Any]], Any],
) -> None:
    """Teaches serialisation a kind of value.

    Args:
        name: The marker in configs, as in `"__tensor__"`.
        kind: The types, or a function that recognises a value.
        to_config: Turns a value into plain data.
        from_config: Turns that data into a value. It gets what a file holds, and
            must check it.

    Example:
        >>> register_codec("__complex__", complex,
        ...     lambda z: {"re": z.real, "im": z.imag}, lambda c: complex(**c))
        >>> encode(1j)
        {'class_name': '__complex__', 'config': {'re': 0.0, 'im': 1.0}}
    """
    matches: Callable[[Any], bool]
    if isinstance(kind, type | tuple):
        types = kind

        def matches(value: Any) -> bool:
            return isinstance(value, types)
    else:
        matches = kind
    _codecs[name] = _Codec(name, matches, to_config, from_config)


def encode(value: Any) -> dict[str, Any] | None:
    """Returns the marked form of a value, or None if no codec knows it.

    Args:
        value: Anything.

    Example:
        >>> encode(...)
        {'class_name': '__ellipsis__', 'config': {}}
    """
    for codec in _codecs.values():
        if codec.matches(value):
            return {"class_name": codec.name, "config": codec.to_config(value)}
    return None


def decode(name: str, config: Any) -> Any:
    """Returns the value of a marked form.

    Args:
        name: The marker.
        config: The data beside it.

    Raises:
        SerializationError: If the marker is unknown or its data malformed.

    Example:
        >>> decode("__slice__", {"start": 1, "stop": None, "step": 2})
        slice(1, None, 2)
    """
    codec = _codecs.get(name)
    if codec is None:
        raise SerializationError(
            f"The config holds a value of unknown kind {name!r}. "
            f"Known: {', '.join(sorted(_codecs))}."
        )
    if not isinstance(config, dict):
        raise SerializationError(
            f"The `config` of a {name} value must be a dict. Received: {config!r:.80}"
        )
    try:
        return codec.from_config(config)
    except SerializationError:
        raise
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise SerializationError(
            f"A {name} value cannot be read: {error}. Received: {config!r:.200}"
        ) from error


def _slice_from(config: dict[str, Any]) -> slice:
    parts = [config["start"], config["stop"], config["step"]]
    if any(isinstance(p, bool) or not isinstance(p, int | None) for p in parts):
        raise TypeError("the parts of a slice must be integers or None")
    return slice(*parts)


def _is_lambda(value: Any) -> bool:
    return isinstance(value, FunctionType) and value.__name__ == "<lambda>"


register_codec(
    "__slice__",
    slice,
    lambda s: {"start": s.start, "stop": s.stop, "step": s.step},
    _slice_from,
)
register_codec("__ellipsis__", EllipsisType, lambda _: {}, lambda _: ...)
register_codec(
    "__bytes__",
    bytes,
    lambda value: {"value": value.decode("latin-1")},
    lambda config: config["value"].encode("latin-1"),
)
register_codec("__lambda__", _is_lambda, encode_lambda, decode_lambda)
