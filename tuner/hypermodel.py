"""A model with its hyperparameters left open."""

from collections.abc import Callable
from typing import Any

from kerasish.tuner.errors import FatalTypeError
from kerasish.tuner.hyperparameters import HyperParameters

__all__ = ["DefaultHyperModel", "HyperModel", "create_hypermodel"]


class HyperModel:
    """Base of classes that build a model, and may fit it, from hyperparameters.

    Args:
        name: str, a name.
        tunable: bool, False keeps every hyperparameter at its default.

    Example:
        >>> class Classifier(HyperModel):
        ...     def build(self, hp):
        ...         units = hp.Int("units", 32, 128, step=32)
        ...         layers = keras.layers
        ...         model = keras.Sequential([layers.Dense(units), layers.Dense(10)])
        ...         model.compile("adam", "sparse_categorical_crossentropy")
        ...         return model
        ...
        ...     def fit(self, hp, model, *args, **kwargs):
        ...         size = hp.Choice("batch_size", [32, 64])
        ...         return model.fit(*args, batch_size=size, **kwargs)
    """

    def __init__(self, name: str | None = None, tunable: bool = True) -> None:
        self.name = name
        self.tunable = tunable

    def build(self, hp: HyperParameters) -> Any:
        """Builds a compiled model; a subclass defines it.

        Args:
            hp: `HyperParameters` to ask for values.
        """
        raise NotImplementedError(f"`{type(self).__name__}` must define `build(hp)`.")

    def declare_hyperparameters(self, hp: HyperParameters) -> None:
        """Asks for hyperparameters that `build` would not ask for at first.

        Args:
            hp: `HyperParameters` to ask for values.
        """

    def fit(self, hp: HyperParameters, model: Any, *args: Any, **kwargs: Any) -> Any:
        """Trains a model.

        Args:
            hp: `HyperParameters` to ask for values.
            model: What `build` returned.
            *args: Those of `search`.
            **kwargs: Those of `search`, and `callbacks`, which must go to `model.fit`
                for the best epoch to be kept.

        Returns:
            What `model.fit` returns, or a dict of metrics, or the value of the
            objective.
        """
        return model.fit(*args, **kwargs)


class DefaultHyperModel(HyperModel):
    """A hypermodel made of a function.

    Args:
        build: A function of `hp` that returns a compiled model.
        name: str, a name.
        tunable: bool, False keeps every hyperparameter at its default.
    """

    def __init__(
        self,
        build: Callable[[HyperParameters], Any],
        name: str | None = None,
        tunable: bool = True,
    ) -> None:
        super().__init__(name, tunable)
        self._function = build

    def build(self, hp: HyperParameters) -> Any:
        """Builds a model by the function.

        Args:
            hp: `HyperParameters` to ask for values.
        """
        return self._function(hp)


def create_hypermodel(hypermodel: Any) -> HyperModel | None:
    """Makes a hypermodel of what the user passed.

    Args:
        hypermodel: A `HyperModel`, a function of `hp` that returns a model, or None.

    Raises:
        FatalTypeError: If it is something else.
    """
    if hypermodel is None or isinstance(hypermodel, HyperModel):
        return hypermodel
    if isinstance(hypermodel, type) and issubclass(hypermodel, HyperModel):
        raise FatalTypeError(
            "`hypermodel` must be an instance of a `HyperModel`, not the class. "
            f"Received: {hypermodel.__name__}; did you mean `{hypermodel.__name__}()`?"
        )
    if not callable(hypermodel):
        raise FatalTypeError(
            "`hypermodel` must be a function of `hp` that returns a compiled model, or "
            f"a `HyperModel`. Received: {hypermodel!r} of type "
            f"{type(hypermodel).__name__}"
        )
    return DefaultHyperModel(hypermodel)
