"""Closure: the objects that a function's Python code can reach by name."""

from collections.abc import Callable, Iterator
from functools import partial
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

__all__ = ["closure_of"]


def closure_of(fn: Callable[..., Any]) -> list[Any]:
    """Returns what a function is bound to, closes over or reads from its module.

    Functions of the same module are looked into; other code is left out.

    Args:
        fn: A function, a bound method, a `functools.partial` of one, or an object
            with `__call__`.

    Example:
        >>> rate = [0.5]
        >>> closure_of(lambda x: x * rate[0])
        [[0.5]]
    """
    made: list[Any] = []
    seen: set[int] = set()
    stack: list[Any] = [fn]
    while stack:
        x = stack.pop()
        if id(x) in seen or isinstance(x, ModuleType | type):
            continue
        seen.add(id(x))
        if isinstance(x, partial):
            stack += [x.func, *x.args, *x.keywords.values()]
        elif isinstance(x, MethodType):
            stack += [x.__self__, x.__func__]
        elif not isinstance(x, FunctionType):
            made.append(x)
        elif x.__module__ == getattr(fn, "__module__", x.__module__):
            stack += _named(x)
    return made


def _named(fn: FunctionType) -> Iterator[Any]:
    for cell in fn.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not assigned yet
            continue
    for name in _names(fn.__code__):
        if name in fn.__globals__:
            yield fn.__globals__[name]


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)
