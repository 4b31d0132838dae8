"""The model of an estimator: a perceptron, what a builder returns, or a fresh copy."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from kerasish import layers, models, saving
from kerasish.core.errors import ArgumentTypeError

__all__ = ["build_model", "compile_arguments", "fresh_copy", "multilayer_perceptron"]


def multilayer_perceptron(
    n_features_in: int,
    n_outputs_expected: int,
    output_activation: str,
    hidden_layer_sizes: Sequence[int] | int = (100,),
    activation: Any = "relu",
    dropout: float = 0.0,
    kernel_regularizer: Any = None,
    dtype: Any = None,
) -> Any:
    """Builds the model that an estimator uses when it is given none.

    Args:
        n_features_in: Number of features.
        n_outputs_expected: Number of outputs.
        output_activation: Activation of the last layer.
        hidden_layer_sizes: Units of each hidden layer. Default (100,).
        activation: Activation of the hidden layers. Default `"relu"`.
        dropout: Rate of the dropout after each hidden layer. Default 0, none.
        kernel_regularizer: Regularizer of every kernel. Default None.
        dtype: Dtype or dtype policy of the layers. Default: the global policy.

    Returns:
        An uncompiled `Sequential` model.

    Example:
        >>> multilayer_perceptron(4, 3, "softmax", (8,)).count_params()
        67
    """
    sizes = hidden_layer_sizes
    model = models.Sequential([layers.Input((n_features_in,), dtype=dtype)])
    for units in sizes if isinstance(sizes, Sequence) else (sizes,):
        model.add(
            layers.Dense(
                units,
                activation=activation,
                kernel_regularizer=kernel_regularizer,
                dtype=dtype,
            )
        )
        if dropout:
            model.add(layers.Dropout(dropout, dtype=dtype))
    model.add(
        layers.Dense(
            n_outputs_expected,
            activation=output_activation,
            kernel_regularizer=kernel_regularizer,
            dtype=dtype,
        )
    )
    return model


def build_model(
    model: Any, arguments: dict[str, Any], facts: dict[str, Any]
) -> models.Model:
    """Returns a new, untrained model.

    Args:
        model: A builder (a function, class or other callable that returns a model), a
            `Model` as a pattern, or None for `multilayer_perceptron`.
        arguments: What the user passes to the builder.
        facts: What the data say. A builder gets those that its signature names, with
            or without the trailing underscore, and all of them as `meta`.

    Returns:
        The model, compiled or not.

    Raises:
        ArgumentTypeError: If there is no model to be had from `model`.

    Example:
        >>> def build(n_features_in_, units):
        ...     return models.Sequential(
        ...         [layers.Input((n_features_in_,)), layers.Dense(units)]
        ...     )
        >>> build_model(build, {"units": 2}, {"n_features_in_": 5}).output_shape
        (None, 2)
    """
    if isinstance(model, models.Model):
        if arguments:
            raise ArgumentTypeError(
                "Parameters `model__*` are arguments of a builder, but `model` is a "
                f"`Model`, already built. Received: {', '.join(sorted(arguments))}. "
                "Pass a function that returns the model"
            )
        return fresh_copy(model)
    builder = multilayer_perceptron if model is None else model
    if not callable(builder):
        raise ArgumentTypeError(
            "`model` must be None, a `Model`, or a callable that returns one. "
            f"Received: {model!r}"
        )
    made = builder(**{**_asked_for(builder, facts), **arguments})
    if not isinstance(made, models.Model):
        raise ArgumentTypeError(
            f"The builder {_name(builder)} must return a `Model`. "
            f"Received: {type(made).__name__}"
        )
    return made


def fresh_copy(model: models.Model) -> models.Model:
    """Returns a model of the same layers with new weights, compiled alike.

    Args:
        model: The pattern; it is left as it is.

    Returns:
        The new model.

    Example:
        >>> pattern = models.Sequential([layers.Input((2,)), layers.Dense(1)])
        >>> pattern.compile("sgd", "mse")
        >>> fresh_copy(pattern).compiled
        True
    """
    copy: models.Model = models.clone_model(model)
    if model.compiled:
        copy.compile(**compile_arguments(model))
    return copy


def compile_arguments(model: models.Model) -> dict[str, Any]:
    """Returns the arguments that would compile another model as this one is.

    Args:
        model: A model, compiled or not.

    Returns:
        New objects for `compile`, or an empty dict.

    Example:
        >>> model = models.Sequential([layers.Input((2,)), layers.Dense(1)])
        >>> compile_arguments(model)
        {}
    """
    if not model.compiled:
        return {}
    config = model.get_compile_config()
    return dict(saving.deserialize_keras_object(config))


def _asked_for(builder: Callable[..., Any], facts: dict[str, Any]) -> dict[str, Any]:
    known = {name.rstrip("_"): value for name, value in facts.items()}
    known["meta"] = dict(facts)
    asked = [
        name
        for name, parameter in inspect.signature(builder).parameters.items()
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    ]
    return {
        name: known[name.rstrip("_")] for name in asked if name.rstrip("_") in known
    }


def _name(builder: Any) -> str:
    return f"`{getattr(builder, '__name__', type(builder).__name__)}`"
