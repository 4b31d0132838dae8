"""kerasish: the Keras 3 API on NumPy and CuPy, without a framework underneath.

    import kerasish as keras

Names are loaded when they are first used, so that the import itself is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kerasish.core.builtin_objects import ROOMS, set_builtin_loader
from kerasish.core.errors import suggest
from kerasish.core.version import __version__

if TYPE_CHECKING:
    from kerasish import (
        activations,
        autodiff,
        backend,
        backends,
        callbacks,
        config,
        constraints,
        core,
        data,
        distribution,
        dtype_policies,
        initializers,
        layers,
        losses,
        metrics,
        mixed_precision,
        models,
        ops,
        optimizers,
        preprocessing,
        random,
        regularizers,
        saving,
        tree,
        tuner,
        utils,
        wrappers,
    )
    from kerasish.autodiff import (
        GradientTape,
        KerasTensor,
        Operation,
        StatelessScope,
        Tensor,
        Variable,
        check_gradients,
        custom_gradient,
    )
    from kerasish.backends import backend_scope
    from kerasish.backends.devices import device
    from kerasish.core.dtype_policies import DTypePolicy, FloatDTypePolicy
    from kerasish.core.naming import name_scope
    from kerasish.initializers import Initializer
    from kerasish.installation import show_config
    from kerasish.layers import Input, InputSpec, Layer
    from kerasish.losses import Loss
    from kerasish.metrics import Metric
    from kerasish.models import Function, Model, Sequential
    from kerasish.optimizers import Optimizer
    from kerasish.regularizers import Regularizer
    from kerasish.tracing.function import function
    from kerasish.tracing.profile import profile

__all__ = [
    "DTypePolicy",
    "FloatDTypePolicy",
    "Function",
    "GradientTape",
    "Initializer",
    "Input",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Operation",
    "Optimizer",
    "Regularizer",
    "Sequential",
    "StatelessScope",
    "Tensor",
    "Variable",
    "__version__",
    "activations",
    "autodiff",
    "backend",
    "backend_scope",
    "backends",
    "callbacks",
    "check_gradients",
    "config",
    "constraints",
    "core",
    "custom_gradient",
    "data",
    "device",
    "distribution",
    "dtype_policies",
    "function",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "name_scope",
    "ops",
    "optimizers",
    "preprocessing",
    "profile",
    "random",
    "regularizers",
    "saving",
    "show_config",
    "tree",
    "tuner",
    "utils",
    "version",
    "wrappers",
]

_ROOMS = (
    "activations",
    "autodiff",
    "backend",
    "backends",
    "callbacks",
    "config",
    "constraints",
    "core",
    "data",
    "distribution",
    "dtype_policies",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "ops",
    "optimizers",
    "preprocessing",
    "random",
    "regularizers",
    "saving",
    "tree",
    "tuner",
    "utils",
    "wrappers",
)
_NAMES = {
    "GradientTape": "kerasish.autodiff",
    "KerasTensor": "kerasish.autodiff",
    "Operation": "kerasish.autodiff",
    "StatelessScope": "kerasish.autodiff",
    "Tensor": "kerasish.autodiff",
    "Variable": "kerasish.autodiff",
    "check_gradients": "kerasish.autodiff",
    "custom_gradient": "kerasish.autodiff",
    "backend_scope": "kerasish.backends",
    "device": "kerasish.backends.devices",
    "DTypePolicy": "kerasish.core.dtype_policies",
    "FloatDTypePolicy": "kerasish.core.dtype_policies",
    "name_scope": "kerasish.core.naming",
    "Initializer": "kerasish.initializers",
    "show_config": "kerasish.installation",
    "Input": "kerasish.layers",
    "InputSpec": "kerasish.layers",
    "Layer": "kerasish.layers",
    "Loss": "kerasish.losses",
    "Metric": "kerasish.metrics",
    "Function": "kerasish.models",
    "Model": "kerasish.models",
    "Sequential": "kerasish.models",
    "Optimizer": "kerasish.optimizers",
    "Regularizer": "kerasish.regularizers",
    "function": "kerasish.tracing.function",
    "profile": "kerasish.tracing.profile",
}


def version() -> str:
    """Returns the version of kerasish.

    Example:
        >>> version() == __version__
        True
    """
    return __version__


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"kerasish.{name}")
    if name in _NAMES:
        found = getattr(import_module(_NAMES[name]), name)
        globals()[name] = found
        return found
    hint = "" if name.startswith("_") else suggest(name, __all__)
    raise AttributeError(f"module 'kerasish' has no attribute {name!r}.{hint}")


def _load_rooms() -> None:
    """Imports every room, so that a saved config finds the classes it names."""
    for room in ROOMS:
        if room != "dtype_policies":
            import_module(f"kerasish.{room}")


set_builtin_loader(_load_rooms)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
