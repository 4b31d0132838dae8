"""Initializers by name and by config."""

from collections.abc import Mapping
from typing import Any

from kerasish.core.registry import (
    deserialize_keras_object,
    resolve,
    serialize_keras_object,
)
from kerasish.initializers.constant_initializers import (
    STFT,
    Constant,
    Identity,
    Ones,
    Zeros,
)
from kerasish.initializers.initializer import Initializer
from kerasish.initializers.random_initializers import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    VarianceScaling,
)

__all__ = ["INITIALIZERS", "deserialize", "get", "serialize"]

INITIALIZERS: dict[str, Any] = {
    "constant": Constant,
    "glorot_normal": GlorotNormal,
    "glorot_uniform": GlorotUniform,
    "he_normal": HeNormal,
    "he_uniform": HeUniform,
    "identity": Identity,
    "IdentityInitializer": Identity,
    "lecun_normal": LecunNormal,
    "lecun_uniform": LecunUniform,
    "normal": RandomNormal,
    "one": Ones,
    "ones": Ones,
    "orthogonal": Orthogonal,
    "OrthogonalInitializer": Orthogonal,
    "random_normal": RandomNormal,
    "random_uniform": RandomUniform,
    "stft": STFT,
    "STFTInitializer": STFT,
    "truncated_normal": TruncatedNormal,
    "uniform": RandomUniform,
    "variance_scaling": VarianceScaling,
    "zero": Zeros,
    "zeros": Zeros,
}


def get(identifier: Any) -> Any:
    """Returns an initializer.

    Args:
        identifier: A name, a config, an initializer, a function `(shape, dtype)`, an
            array, or None.

    Raises:
        ArgumentError: If the name is unknown.

    Example:
        >>> type(get("he_normal")).__name__
        'HeNormal'
    """
    if not isinstance(identifier, Initializer | str | dict) and hasattr(
        identifier, "__array__"
    ):
        return lambda shape, dtype=None: identifier
    return resolve("initializer", identifier, INITIALIZERS)


def serialize(initializer: Initializer) -> dict[str, Any]:
    """Returns the config of an initializer as plain data."""
    return serialize_keras_object(initializer)  # type: ignore[no-any-return]


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Returns the initializer that `serialize` described.

    Args:
        config: Config, or a name.
        custom_objects: Classes and functions by name.
    """
    return deserialize_keras_object(
        config,
        custom_objects=custom_objects,
        module_objects=INITIALIZERS,
        printable_module_name="initializer",
    )
