"""Keyword arguments that a function does not have, and what was probably meant."""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from kerasish.core.errors import ArgumentTypeError, suggest

__all__ = ["checks_keywords", "nearest_keywords"]

P = ParamSpec("P")
R = TypeVar("R")


def nearest_keywords(function: Callable[..., Any], names: Iterable[str]) -> str:
    """Returns `` Did you mean 'epochs'?`` for keywords that a function does not have.

    Args:
        function: The function, or a class.
        names: The keywords it was given.

    Returns:
        A sentence with a leading space for each name that is near one of the
        function's, or its initials; `""` where none is.

    Example:
        >>> nearest_keywords(lambda learning_rate, epochs: None, ["lr", "epoch"])
        " Did you mean 'learning_rate'? Did you mean 'epochs'?"
    """
    known = _keywords(function)
    initials = {"".join(w[:1] for w in name.split("_")): name for name in known}
    hints = []
    for name in names:
        full = initials.get(name) if len(name) > 1 else None
        hints.append(f" Did you mean {full!r}?" if full else suggest(name, known))
    return "".join(hints)


def checks_keywords(function: Callable[P, R]) -> Callable[P, R]:
    """Decorates a method so that an unknown keyword is answered with the nearest.

    Args:
        function: A method without `**kwargs`.

    Returns:
        The method, with the same signature.

    Example:
        >>> class Net:
        ...     @checks_keywords
        ...     def fit(self, epochs=1): ...
        >>> Net().fit(epoch=3)
        Traceback (most recent call last):
        kerasish.core.errors.ArgumentTypeError: `fit` of `Net` has no argument 'epoch'.
        Did you mean 'epochs'?
    """
    known = frozenset(_keywords(function))

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if not known.issuperset(kwargs):
            name = next(name for name in kwargs if name not in known)
            owner = f" of `{type(args[0]).__name__}`" if args else ""
            raise ArgumentTypeError(
                f"`{function.__name__}`{owner} has no argument {name!r}."
                f"{nearest_keywords(function, [name])}"
            )
        return function(*args, **kwargs)

    return checked


def _keywords(function: Callable[..., Any]) -> list[str]:
    if inspect.isclass(function):  # of its own constructor and those of its bases
        inits = [vars(c)["__init__"] for c in function.__mro__ if "__init__" in vars(c)]
        return [name for init in inits for name in _keywords(init)]
    parameters = inspect.signature(function).parameters.values()
    wild = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return [p.name for p in parameters if p.kind not in wild and p.name != "self"]
