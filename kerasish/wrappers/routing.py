"""Parameters that travel by prefix: `model__units=32` to the builder, and so on."""

import inspect
from collections.abc import Mapping
from typing import Any

from sklearn.base import BaseEstimator

from kerasish.core.errors import ArgumentTypeError, suggest

__all__ = ["RoutedParameters"]

SEPARATOR = "__"
SUFFIX = "_kwargs"


class RoutedParameters(BaseEstimator):
    """An estimator with one dict parameter for each prefix of routed parameters.

    A class takes part in a route by having a parameter `<prefix>_kwargs`. The routed
    name `<prefix>__name` then reads and writes `<prefix>_kwargs["name"]`, in the
    constructor, in `get_params`, in `set_params` and so in every parameter grid.
    Dicts given by a user are never changed: a write makes a new one, so that two
    estimators can share them and `clone` finds the objects that it passed.

    Example:
        >>> from kerasish.wrappers import KerasClassifier
        >>> classifier = KerasClassifier(optimizer__learning_rate=0.1)
        >>> classifier.set_params(model__dropout=0.5).get_params()["model_kwargs"]
        {'dropout': 0.5}
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # scikit-learn reads parameters off this signature, and `**routed` is none
        signature = inspect.signature(cls.__init__)
        named = [p for p in signature.parameters.values() if p.kind != p.VAR_KEYWORD]
        if "__init__" in vars(cls) and len(named) < len(signature.parameters):
            visible = signature.replace(parameters=named)
            cls.__init__.__signature__ = visible  # type: ignore[attr-defined]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Returns the parameters of this estimator by name.

        Args:
            deep: Whether routed parameters also appear under their own names.
                Default True.

        Returns:
            A dict of parameter names and values.
        """
        parameters: dict[str, Any] = super().get_params(deep=deep)
        if deep:
            for prefix in self._prefixes():
                values = parameters[prefix + SUFFIX]
                if isinstance(values, Mapping):
                    parameters.update(
                        {prefix + SEPARATOR + name: v for name, v in values.items()}
                    )
        return parameters

    def set_params(self, **params: Any) -> Any:
        """Sets parameters, routed ones under their own names.

        Args:
            **params: Names and values.

        Returns:
            The estimator itself.

        Raises:
            ValueError: For a name that is neither a parameter nor routed.
        """
        prefixes = self._prefixes()
        routed = {
            name: value
            for name, value in params.items()
            if SEPARATOR in name and name.split(SEPARATOR, 1)[0] in prefixes
        }
        plain = {name: value for name, value in params.items() if name not in routed}
        super().set_params(**plain)
        self._write_routed(routed)
        return self

    def _store(self, given: dict[str, Any]) -> None:
        """Keeps what a constructor was given: its `locals()`, and nothing but that."""
        for name in self._get_param_names():
            setattr(self, name, given[name])
        routed, prefixes = given.get("routed", {}), self._prefixes()
        for name in routed:
            prefix, separator, rest = name.partition(SEPARATOR)
            if not (separator and rest and prefix in prefixes):
                raise ArgumentTypeError(self._unexpected(name))
        self._write_routed(routed)

    def _write_routed(self, routed: dict[str, Any]) -> None:
        for name, value in routed.items():
            prefix, _, rest = name.partition(SEPARATOR)
            merged = {**(getattr(self, prefix + SUFFIX) or {}), rest: value}
            setattr(self, prefix + SUFFIX, merged)

    def _unexpected(self, name: str) -> str:
        known = self._get_param_names()
        hint = suggest(name, known) or (
            f" Arguments of the model's builder are written `model__{name}`."
        )
        return (
            f"`{type(self).__name__}` got an unexpected parameter {name!r}.{hint} "
            f"Routed parameters begin with: "
            f"{', '.join(prefix + SEPARATOR for prefix in self._prefixes())}."
        )

    @classmethod
    def _prefixes(cls) -> list[str]:
        return [
            name.removesuffix(SUFFIX)
            for name in cls._get_param_names()
            if name.endswith(SUFFIX)
        ]
