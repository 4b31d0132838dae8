"""Dtype policies: in which dtype a layer computes and in which it keeps its variables.

A policy is named after a dtype, or `mixed_float16` / `mixed_bfloat16`: variables in
float32, arithmetic in the shorter dtype (Micikevicius et al., 2018, "Mixed Precision
Training", https://arxiv.org/abs/1710.03740).
"""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from kerasish.core.config import floatx
from kerasish.core.dtypes import ALLOWED_DTYPES, standardize_dtype
from kerasish.core.errors import ArgumentError, ArgumentTypeError, DtypeError, unknown
from kerasish.core.registry import (
    Serializable,
    deserialize_keras_object,
    register_builtin_class,
    serialize_keras_object,
)

__all__ = [
    "DTypePolicy",
    "DTypePolicyMap",
    "FloatDTypePolicy",
    "deserialize",
    "dtype_policy",
    "get",
    "serialize",
    "set_dtype_policy",
]

_MIXED = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}


class DTypePolicy(Serializable):
    """The compute dtype and the variable dtype of a layer.

    Args:
        name: A dtype's name, `"mixed_float16"`, `"mixed_bfloat16"`, or None for the
            current default policy.

    Example:
        >>> policy = DTypePolicy("mixed_bfloat16")
        >>> policy.compute_dtype, policy.variable_dtype
        ('bfloat16', 'float32')
    """

    def __init__(self, name: str | None = None) -> None:
        if name is None:
            name = dtype_policy().name
        if not isinstance(name, str):
            raise ArgumentTypeError(
                "`name` of `DTypePolicy` must be a string, such as 'mixed_float16'. "
                f"Received: name={name!r} of type {type(name).__name__}"
            )
        if name not in _MIXED and name not in ALLOWED_DTYPES:
            raise unknown("dtype policy", name, (*_MIXED, *ALLOWED_DTYPES))
        self._name = name
        self._compute_dtype = _MIXED.get(name, name)
        self._variable_dtype = "float32" if name in _MIXED else name

    @property
    def name(self) -> str:
        """The policy's name."""
        return self._name

    @property
    def compute_dtype(self) -> str:
        """The dtype that inputs and variables are cast to for the arithmetic."""
        return self._compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype that variables are kept in."""
        return self._variable_dtype

    @property
    def quantization_mode(self) -> None:
        """None: this policy does not quantize."""
        return

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {"name": self._name}

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.get_config() == other.get_config()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._name))

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self._name}">'


FloatDTypePolicy = DTypePolicy
register_builtin_class(DTypePolicy, name="FloatDTypePolicy")
register_builtin_class(DTypePolicy, "keras.dtype_policies")


class DTypePolicyMap(DTypePolicy, MutableMapping[str, DTypePolicy]):
    """Different policies for the layers of a model, chosen by their paths.

    A path is looked up as it is, then matched in whole against the keys as regular
    expressions; what matches none has the default policy.

    Args:
        default_policy: A policy or its name; None for the current default at the time
            of each look-up.
        policy_map: Policies by path or regular expression.

    Example:
        >>> policies = DTypePolicyMap(policy_map={".*/dense": DTypePolicy("float16")})
        >>> policies["block/dense"], policies["block/conv"]
        (<DTypePolicy "float16">, <DTypePolicy "float32">)
    """

    def __init__(
        self,
        default_policy: Any = None,
        policy_map: dict[str, Any] | None = None,
    ) -> None:
        if isinstance(default_policy, DTypePolicyMap):
            raise ArgumentError(
                "`default_policy` of `DTypePolicyMap` must not be a `DTypePolicyMap`."
            )
        if policy_map is not None and not isinstance(policy_map, dict):
            raise ArgumentTypeError(
                "`policy_map` of `DTypePolicyMap` must be a dict from paths to "
                f"policies. Received: policy_map={policy_map!r:.80}"
            )
        self._default = None if default_policy is None else get(default_policy)
        self._policies: dict[str, DTypePolicy] = {}
        for path, policy in (policy_map or {}).items():
            self[path] = policy

    @property
    def default_policy(self) -> DTypePolicy:
        """The policy of paths that match no key."""
        return dtype_policy() if self._default is None else self._default

    @property
    def name(self) -> str:
        """`map_` and the name of the default policy."""
        return f"map_{self.default_policy.name}"

    @property
    def compute_dtype(self) -> str:
        """The compute dtype of the default policy."""
        return self.default_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The variable dtype of the default policy."""
        return self.default_policy.variable_dtype

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            "default_policy": None if self._default is None else self._default.name,
            "policy_map": {path: serialize(p) for path, p in self._policies.items()},
        }

    def __getitem__(self, key: str) -> DTypePolicy:
        if key in self._policies:
            return self._policies[key]
        found = [path for path in self._policies if re.fullmatch(path, key)]
        if len(found) > 1:
            raise ArgumentError(
                f"The path {key!r} matches several keys of the `DTypePolicyMap`, "
                f"which must be unambiguous. Received: {found}"
            )
        return self._policies[found[0]] if found else self.default_policy

    def __setitem__(self, key: str, policy: Any) -> None:
        if key in self._policies:
            raise ArgumentError(
                f"{key!r} is already in the `DTypePolicyMap`, with {self[key]!r}. "
                "Delete it first."
            )
        self._policies[key] = get(policy)

    def __delitem__(self, key: str) -> None:
        del self._policies[key]

    def __contains__(self, key: object) -> bool:
        return key in self._policies

    def __iter__(self) -> Iterator[str]:
        return iter(self._policies)

    def __len__(self) -> int:
        return len(self._policies)

    def __hash__(self) -> int:
        return hash((type(self).__name__, *self._policies))

    def __repr__(self) -> str:
        policies = {path: policy.name for path, policy in self._policies.items()}
        default = self.default_policy.name
        return f"<DTypePolicyMap default_policy={default!r}, policy_map={policies}>"


_default: list[DTypePolicy] = []  # empty until somebody sets a policy


def dtype_policy() -> DTypePolicy:
    """Returns the policy of layers that are given none.

    Example:
        >>> dtype_policy()
        <DTypePolicy "float32">
    """
    return _default[0] if _default else DTypePolicy(floatx())


def set_dtype_policy(policy: Any) -> None:
    """Sets the policy of layers that are given none.

    Args:
        policy: A policy or its name; None to follow `floatx` again.

    Raises:
        ArgumentError: If the name is unknown.

    Example:
        >>> set_dtype_policy("mixed_float16"); dtype_policy().compute_dtype
        'float16'
        >>> set_dtype_policy(None); dtype_policy().compute_dtype
        'float32'
    """
    _default[:] = [] if policy is None else [get(policy)]


def get(identifier: Any) -> DTypePolicy:
    """Returns the policy that a `dtype` argument means.

    Args:
        identifier: None for the default, a policy, a name, a config dict or a dtype.

    Returns:
        A policy.

    Raises:
        ArgumentError: If the name is unknown or it is something else.

    Example:
        >>> get("float16"), get(None)
        (<DTypePolicy "float16">, <DTypePolicy "float32">)
    """
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return DTypePolicy(identifier)
    try:
        return DTypePolicy(standardize_dtype(identifier))
    except DtypeError as error:
        raise ArgumentError(
            "`dtype` must be None, a name, a dtype, a `DTypePolicy` or its config. "
            f"Received: dtype={identifier!r}"
        ) from error


def serialize(dtype_policy: DTypePolicy) -> dict[str, Any]:
    """Returns a policy as plain data.

    Args:
        dtype_policy: A policy.

    Example:
        >>> serialize(DTypePolicy("float16"))["config"]
        {'name': 'float16'}
    """
    data: dict[str, Any] = serialize_keras_object(dtype_policy)
    return data


def deserialize(
    config: dict[str, Any], custom_objects: dict[str, Any] | None = None
) -> DTypePolicy:
    """Makes a policy from what `serialize` returned.

    Args:
        config: The data.
        custom_objects: Policies of the user by name.

    Raises:
        ArgumentError: If it describes something else.

    Example:
        >>> deserialize({"class_name": "DTypePolicy", "config": {"name": "float16"}})
        <DTypePolicy "float16">
    """
    policy = deserialize_keras_object(config, custom_objects)
    if not isinstance(policy, DTypePolicy):
        raise ArgumentError(
            f"The config of a dtype policy was expected. Received: {config!r:.200}"
        )
    return policy
