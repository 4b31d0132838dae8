"""The public names and signatures of a library that is laid out as Keras is.

Run with Python where Keras is installed, this file stores what Keras offers in
`signatures.json` beside it: `KERAS_BACKEND=torch python tests/golden/signatures.py`.
"""

import importlib
import inspect
import json
import types
from pathlib import Path

__all__ = ["STORED", "api", "callable_signature", "load"]

STORED = Path(__file__).parent / "signatures.json"
# Members that Keras' backends add, or that come from them.
FOREIGN = {"forward", "torch_params", "jax_state_sync", "add_module", "symbolic_call"}


def load():
    """Returns the stored signatures: module, name, then what `api` says of it."""
    return json.loads(STORED.read_text())["modules"]


def api(module):
    """Returns what a module offers: for each public name what it is.

    A class is described by the parameters of its constructor and by those members
    that it does not have from another public class; a function by its parameters.
    """
    offered = {}
    for name in sorted(vars(module)):
        value = getattr(module, name)
        if name.startswith("_") or isinstance(value, types.ModuleType):
            continue
        if inspect.isclass(value):
            offered[name] = described_class(value)
        elif callable(value):
            offered[name] = {"call": callable_signature(value)}
        else:
            offered[name] = {"value": type(value).__name__}
    return offered


def described_class(cls):
    """Returns the parameters of a class, of its methods, and its properties."""
    members = {"call": callable_signature(cls), "methods": {}, "properties": []}
    for name in sorted(dir(cls)):
        if name.startswith("_") or name in FOREIGN:
            continue
        owner = next(c for c in cls.__mro__ if name in vars(c))
        if not owner.__module__.startswith("keras") or inherited(cls, owner):
            continue
        member = inspect.getattr_static(cls, name)
        if isinstance(member, property):
            members["properties"].append(name)
        elif callable(getattr(cls, name)) and not inspect.isclass(member):
            members["methods"][name] = callable_signature(getattr(cls, name))
    return members


def inherited(cls, owner):
    """Tells whether a member of a class is the same in a public class it extends."""
    return owner is not cls and any(
        issubclass(parent, owner) for parent in cls.__mro__[1:] if is_public(parent)
    )


def is_public(cls):
    """Tells whether a class of Keras stands in its public interface."""
    return cls.__name__ in BASES and cls.__module__.startswith("keras")


BASES = {
    "Callback",
    "Constraint",
    "Initializer",
    "Layer",
    "LearningRateSchedule",
    "Loss",
    "Metric",
    "Model",
    "Operation",
    "Optimizer",
    "Regularizer",
}


def callable_signature(function):
    """Returns the parameters of a function as a text, as `x; axis=-1`."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    if parameters and parameters[0].name == "self":
        parameters = parameters[1:]
    texts, only = [], False
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and not only:
            only = True
            if not any(text.startswith("*") for text in texts):
                texts.append("*")
        texts.append(parameter_text(parameter))
    return "; ".join(texts)


def parameter_text(parameter):
    """Returns a parameter without its annotation."""
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}
    name = stars.get(parameter.kind, "") + parameter.name
    if parameter.default is parameter.empty:
        return name
    plain = isinstance(parameter.default, (str, int, float, type(None), tuple, list))
    return f"{name}={parameter.default!r}" if plain else f"{name}=..."


def public_modules(root):
    """Yields the names of the public modules below a package, without its own."""
    yield ""
    seen = set()

    def walk(module, name):
        for key, value in sorted(vars(module).items()):
            if isinstance(value, types.ModuleType) and not key.startswith("_"):
                path = f"{name}.{key}".lstrip(".")
                inner = value.__name__.startswith(f"{root.__name__}.")
                if inner and path not in seen and key not in ("src", "api"):
                    seen.add(path)
                    yield path
                    yield from walk(value, path)

    yield from walk(root, "")


if __name__ == "__main__":
    keras = importlib.import_module("keras")
    modules = {}
    for path in public_modules(keras):
        module = importlib.import_module(f"keras.{path}" if path else "keras")
        modules[path] = api(module)
    made = (
        f"by tests/golden/signatures.py with keras {keras.__version__} and "
        f"KERAS_BACKEND={keras.config.backend()}"
    )
    text = json.dumps({"made": made, "modules": modules}, indent=1, sort_keys=True)
    STORED.write_text(text + "\n")
